import { expect, it, onTestFinished } from 'vitest';
import { PointsmanError } from '../../../src/core/errors.ts';
import type { Gauges } from '../../../src/ports/gauges.ts';
import { CountingMeter } from '../../../src/runtime/metrics/counting-meter.ts';
import { newTransformTimes } from '../../../src/runtime/metrics/metered-engine.ts';
import { createMetrics, type Metrics } from '../../../src/runtime/metrics/metrics.ts';

const NOW_MS = 1_770_000_000_000;
const GAUGES: Gauges = {
  pending: { count: 3, oldestMs: NOW_MS - 5_000 },
  waiting: { count: 0, oldestMs: null },
  unrouted: { count: 1, oldestMs: NOW_MS + 60_000 },
  heldLanes: [{ destination: 'bloomreach', count: 2, oldestMs: NOW_MS - 1_000 }],
  pendingTo: ['bloomreach', 'gone'],
  bytes: { database: 4_096, free: 0, wal: 512 },
  lastLoad: null,
};

/** Metrics over a store that answers like this; its clock's sleeps are over at once. */
function metricsOver(gauges: () => Promise<Gauges>): Metrics {
  const metrics = createMetrics({
    meter: new CountingMeter(),
    times: newTransformTimes(),
    state: {
      isConfigurationValid: () => true,
      mappings: () => 1,
      destinations: () => new Map([['bloomreach', { endpoints: new Map() }]]),
      statuses: () => [],
      replaysRunning: () => 0,
      isStoreWritable: () => false,
    },
    reads: { gauges },
    storePath: '/nowhere/pointsman.db',
    clock: { now: () => NOW_MS, random: () => 0.5, sleep: () => new Promise((resolve) => setTimeout(resolve, 50)) },
  });
  onTestFinished(() => metrics.close());
  return metrics;
}

it('shows what the store holds, ages included, none of them negative', async () => {
  const text = await metricsOver(async () => GAUGES).scrape();
  expect(text).toContain('\npointsman_store_readable 1\n');
  expect(text).toContain('\npointsman_deliveries_pending 3\n');
  expect(text).toContain('\npointsman_deliveries_pending_oldest_seconds 5\n');
  expect(text).toContain('\npointsman_deliveries_waiting_oldest_seconds 0\n');
  expect(text).toContain('\npointsman_events_unrouted_oldest_seconds 0\n');
  expect(text).toContain('\npointsman_lanes_held_oldest_seconds{destination="bloomreach"} 1\n');
  expect(text).toContain('\npointsman_destination_missing{destination="gone"} 1\n');
  expect(text).not.toContain('pointsman_destination_missing{destination="bloomreach"}');
  expect(text).not.toMatch(/^pointsman_last_load_timestamp_seconds /m);
});

const TROUBLES: readonly (readonly [string, () => Promise<Gauges>])[] = [
  ['fails', () => Promise.reject(new PointsmanError('STORE_FAILED', 'broken'))],
  ['does not answer in time', () => new Promise(() => {})],
];

it.each(TROUBLES)('is answered when the store %s, without what only the store knows', async (_, gauges) => {
  const text = await metricsOver(gauges).scrape();
  expect(text).toContain('\npointsman_store_readable 0\n');
  expect(text).toContain('\npointsman_store_writable 0\n');
  expect(text).toContain('\npointsman_configuration_valid 1\n');
  expect(text).not.toMatch(/^pointsman_deliveries_pending /m);
  expect(text).not.toMatch(/^pointsman_store_disk_free_bytes /m);
});

it('asks the store once for all who scrape at the same time', async () => {
  let asked = 0;
  const metrics = metricsOver(async () => {
    asked += 1;
    return GAUGES;
  });
  const [first, second] = await Promise.all([metrics.scrape(), metrics.scrape()]);
  expect(first).toBe(second);
  expect(asked).toBe(1);
  await metrics.scrape();
  expect(asked).toBe(2);
});
