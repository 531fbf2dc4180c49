import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, startRunning } from './running.ts';
import { measured, type Scraped, scrape } from './scraped.ts';

const LABELS = ['source', 'mapping', 'destination', 'endpoint', 'verdict', 'code', 'le'];
const MAPPING = `event: CustomerLevelChanged
when: data.level.name != 'none'
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: =data.level.name
  properties: { event_id: "=$eventId()" }
`;

let running: Running;
beforeAll(async () => {
  running = await startRunning({ mappings: { 'tier.yaml': MAPPING, 'shadow.yaml': `${MAPPING}mode: shadow\n` } });
});
afterAll(() => running.stop());

const event = (messageId: string, name = 'gold', eventName = 'CustomerLevelChanged') => ({
  ...{ messageId, eventName, storeCode: 'DEFAULT', createdAt: '2026-02-11T09:30:00+01:00' },
  data: { customer: { email: 'ann@example.com' }, level: { name } },
});

async function traffic(): Promise<void> {
  for (const id of ['m-1', 'm-1', 'm-2']) await running.send(event(id));
  await running.send(event('m-3', 'none'));
  await running.send(event('m-4', 'gold', 'SegmentMembershipDropped'));
  await running.send('not json');
  await running.send(event('m-5'), { 'x-pointsman-token': 'wrong' });
  running.sandbox.faults.add({ kind: 'refuse', message: 'Not authorized to add event of specified type', count: 1 });
  await running.send(event('m-6'));
  await running.settled();
  running.sandbox.faults.add({ kind: 'status', status: 503, count: 1 });
  await running.send(event('m-7'));
  await running.settled();
}

describe('/metrics', () => {
  let all: readonly Scraped[];
  beforeAll(async () => {
    await traffic();
    all = await scrape(running.server.url);
  });

  it.each([
    ['pointsman_events_received_total', { source: 'open-loyalty' }, 6],
    ['pointsman_events_duplicate_total', { source: 'open-loyalty' }, 1],
    ['pointsman_events_matched_total', { source: 'open-loyalty' }, 5],
    ['pointsman_events_unmatched_total', { source: 'open-loyalty' }, 1],
    ['pointsman_webhooks_refused_total', { code: 'SOURCE_NOT_JSON' }, 1],
    ['pointsman_webhooks_refused_total', { code: 'SOURCE_UNAUTHORIZED' }, 1],
    ['pointsman_deliveries_delivered_total', { mapping: 'tier', destination: 'bloomreach', endpoint: 'event' }, 3],
    ['pointsman_deliveries_skipped_total', { mapping: 'tier' }, 1],
    ['pointsman_deliveries_shadowed_total', { mapping: 'shadow' }, 4],
    ['pointsman_deliveries_dead_total', { mapping: 'tier', code: 'DELIVERY_REJECTED' }, 1],
    ['pointsman_attempts_total', { destination: 'bloomreach', verdict: 'delivered' }, 3],
    ['pointsman_attempts_total', { verdict: 'rejected', code: 'DELIVERY_REJECTED' }, 1],
    ['pointsman_attempts_total', { verdict: 'transient', code: 'DELIVERY_UNAVAILABLE' }, 1],
    ['pointsman_calls_failed_total', { destination: 'bloomreach' }, 1],
    ['pointsman_call_seconds_count', { destination: 'bloomreach' }, 5],
    ['pointsman_delivery_seconds_count', { destination: 'bloomreach' }, 3],
    ['pointsman_reloads_accepted_total', {}, 1],
    ['pointsman_configuration_valid', {}, 1],
    ['pointsman_mappings', {}, 2],
    ['pointsman_store_readable', {}, 1],
    ['pointsman_store_writable', {}, 1],
    ['pointsman_deliveries_pending', {}, 0],
    ['pointsman_deliveries_pending_oldest_seconds', {}, 0],
    ['pointsman_destination_paused', { destination: 'bloomreach' }, 0],
    ['pointsman_breaker_open', { destination: 'bloomreach' }, 0],
    ['pointsman_endpoint_paused', { destination: 'bloomreach', endpoint: 'event' }, 0],
    ['pointsman_destination_rate_limit', { destination: 'bloomreach' }, 80],
    ['pointsman_replays_running', {}, 0],
  ])('tells %s %j', (name, labels, value) => {
    expect(measured(all, name, labels)).toBe(value);
  });

  it.each([
    'pointsman_transform_inline_seconds_count',
    'pointsman_store_bytes',
    'pointsman_process_resident_memory_bytes',
    'pointsman_process_cpu_seconds_total',
    'pointsman_nodejs_eventloop_lag_p99_seconds',
    'pointsman_last_load_timestamp_seconds',
  ])('tells %s, which is more than nothing', (name) => {
    expect(measured(all, name)).toBeGreaterThan(0);
  });

  it('has the prefix everywhere, no label beyond the few, and never a person, a secret or an id', () => {
    expect(all.filter(({ name }) => !name.startsWith('pointsman_'))).toEqual([]);
    expect(all.flatMap(({ labels }) => Object.keys(labels)).filter((label) => !LABELS.includes(label))).toEqual([]);
    expect(JSON.stringify(all)).not.toMatch(/ann@example\.com|e2e-|evt_|dlv_|m-1/);
  });

  it('is answered without a token, as Prometheus text', async () => {
    const { statusCode, headers, body } = await request(`${running.server.url}/metrics`);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of (await body.text()).split('\n'))
      expect(line).toMatch(/^$|^# (HELP|TYPE) \w+ |^\w+(\{.*\})? \S+$/);
  });

  it('counts a scrape as nothing: one after the other says the same', async () => {
    const counts = (scraped: readonly Scraped[]) =>
      scraped.filter(({ name }) => /events|deliveries|attempts/.test(name));
    expect(counts(await scrape(running.server.url))).toEqual(counts(await scrape(running.server.url)));
  });

  it('tells of a mapping file that is refused', async () => {
    writeFileSync(join(running.dir, 'mappings', 'broken.yaml'), 'event: [');
    await running.server.reload();
    const after = await scrape(running.server.url);
    expect(measured(after, 'pointsman_configuration_valid')).toBe(0);
    expect(measured(after, 'pointsman_mappings')).toBe(2);
  });
});
