import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { bloomreachEndpoints } from '../../../src/destinations/bloomreach/endpoints.ts';
import type { ResultsChange } from '../../../src/sandbox/bloomreach/fault.ts';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../../src/sandbox/bloomreach/server.ts';
import { claimed, NOW_MS, Opened, patient, SECRETS } from './support.ts';

const PROJECT = { ...SECRETS, projectToken: '12345678-1234-1234-1234-123456789abc' };

let opened: Opened;
let sandbox: BloomreachSandbox;

beforeEach(async () => {
  opened = new Opened();
  const settings = { queueDelayMs: { min: 0, max: 0 }, forbiddenEventTypes: ['secret_event'] };
  sandbox = await startBloomreachSandbox({ ...PROJECT, clock: () => NOW_MS, random: () => 0.5, settings });
});
afterEach(async () => {
  await opened.close();
  await sandbox.close();
});

/** Freezes and sends a request. */
async function deliver(endpoint: string, request: JsonObject, settings: Partial<typeof PROJECT> = {}) {
  const frozen = bloomreachEndpoints.get(endpoint)?.freeze(request, NOW_MS);
  if (!frozen?.ok) throw new Error(JSON.stringify(frozen));
  const destination = opened.destination(sandbox.port, { ...PROJECT, ...settings });
  const result = await destination.send([claimed({ endpoint, request: frozen.text })], patient());
  return result?.answers[0];
}

async function exportOne(customerIds: JsonObject): Promise<unknown> {
  const answer = await fetch(`${sandbox.url}/data/v2/projects/${PROJECT.projectToken}/customers/export-one`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${PROJECT.apiKeyId}:${PROJECT.apiSecret}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ customer_ids: customerIds }),
  });
  return answer.json();
}

const ANN = { registered: 'ann@example.com' };

describe('against the sandbox', () => {
  it('delivers an event and a customer update that an export gives back', async () => {
    const properties = { tier_name: 'Gold', points: 12.5, tags: ['a'] };
    const event = await deliver('event', { customer_ids: ANN, event_type: 'loyalty_challenge', properties });
    const customer = await deliver('customer', { customer_ids: ANN, properties: { loyalty_tier: 'Gold' } });

    expect([event?.verdict, customer?.verdict]).toEqual(['delivered', 'delivered']);
    expect(await exportOne(ANN)).toMatchObject({
      success: true,
      ids: ANN,
      properties: { loyalty_tier: 'Gold' },
      events: [{ type: 'loyalty_challenge', timestamp: NOW_MS / 1000, properties }],
    });
  });

  it('learns that an event type is not allowed', async () => {
    const answer = await deliver('event', { customer_ids: ANN, event_type: 'secret_event' });
    expect(answer).toMatchObject({ verdict: 'rejected', code: 'DELIVERY_REJECTED' });
    expect(answer?.detail).toContain('Not authorized to add event of specified type');
  });

  it.each([
    ['the key', { apiKeyId: 'other' }],
    ['the secret', { apiSecret: 'other' }],
    ['the project', { projectToken: 'other' }],
  ])('learns that %s is wrong', async (_, wrong) => {
    const answer = await deliver('event', { customer_ids: ANN, event_type: 'x' }, wrong);
    expect(answer).toMatchObject({ verdict: 'unauthorized', code: 'DELIVERY_UNAUTHORIZED' });
  });

  const event = (type: string, index: number) =>
    JSON.stringify({ customer_ids: ANN, event_type: type, timestamp: NOW_MS / 1000 + index, properties: {} });
  const batchOf = (...types: readonly string[]) =>
    types.map((type, index) => claimed({ id: index + 1, request: event(type, index) }));
  const destination = () => opened.destination(sandbox.port, PROJECT);

  it('delivers fifty in one call, but for the one that is not allowed', async () => {
    const deliveries = batchOf(...Array.from({ length: 49 }, () => 'x'), 'secret_event');
    const result = await destination().send(deliveries, patient());
    expect(result?.answers.map(({ verdict }) => verdict)).toEqual([...Array(49).fill('delivered'), 'rejected']);
    expect(sandbox.state.stats()).toMatchObject({ requests: 1, stored: 49 });
    const [entry] = sandbox.state.journal({ limit: 1 });
    expect(entry?.body).toContain(`"data":${event('x', 0)}}`);
  });

  it.each<[ResultsChange, string]>([
    ['reversed', 'delivered rejected delivered'],
    ['missing', 'delivered rejected ambiguous'],
    ['extra', 'delivered rejected delivered'],
    ['without-ids', 'delivered rejected delivered'],
  ])('finds each result when they come %s', async (change, expected) => {
    sandbox.faults.add({ kind: 'results', change });
    const result = await destination().send(batchOf('x', 'secret_event', 'y'), patient());
    expect(result?.answers.map(({ verdict }) => verdict).join(' ')).toBe(expected);
  });

  it('learns that the one with the poison must travel alone', async () => {
    sandbox.faults.add({ kind: 'status', status: 500, match: { eventType: 'poison' } });
    const shared = await destination().send(batchOf('x', 'poison'), patient());
    expect(shared).toMatchObject({ failed: true, divisible: true });
    const alone = await destination().send(batchOf('x'), patient());
    expect(alone).toMatchObject({ answers: [{ verdict: 'delivered' }], failed: false });
  });

  it('probes with the time, which asks for the credentials only', async () => {
    expect(await destination().probe(patient())).toMatchObject({ verdict: 'delivered' });
    const other = opened.destination(sandbox.port, { ...PROJECT, apiSecret: 'other' });
    expect(await other.probe(patient())).toMatchObject({ verdict: 'unauthorized', atFault: 'destination' });
    sandbox.faults.add({ kind: 'status', status: 403, match: { path: '/customers/events' } });
    const refused = await destination().send(batchOf('x'), patient());
    expect(refused).toMatchObject({ answers: [{ verdict: 'unauthorized', atFault: 'endpoint' }] });
    expect(await destination().probe(patient())).toMatchObject({ verdict: 'delivered' });
  });
});
