import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/runtime/metrics/buckets.ts';
import { publishCounter, publishGauge, publishHistogram, type Sample } from '../../../src/runtime/metrics/publish.ts';

describe('publishing', () => {
  it('reads a counter anew at each scrape', async () => {
    const registry = new Registry();
    let value = 3;
    const read = (): readonly Sample[] => [{ labels: { source: 'open-loyalty' }, value }];
    publishCounter(registry, { name: 'things_total', help: 'Things.', labels: ['source'], read });
    expect(await registry.metrics()).toBe(`# HELP pointsman_things_total Things.
# TYPE pointsman_things_total counter
pointsman_things_total{source="open-loyalty"} 3
`);
    value = 5;
    expect(await registry.metrics()).toContain('{source="open-loyalty"} 5\n');
  });

  it('adds up what has the same labels', async () => {
    const registry = new Registry();
    const labels = { destination: 'bloomreach' };
    const read = () => [
      { labels, value: 1 },
      { labels, value: 2 },
    ];
    publishCounter(registry, { name: 'things_total', help: 'Things.', labels: ['destination'], read });
    expect(await registry.metrics()).toContain('pointsman_things_total{destination="bloomreach"} 3\n');
  });

  it('leaves a gauge out whose value is not known', async () => {
    const registry = new Registry();
    publishGauge(registry, { name: 'depth', help: 'Depth.', read: () => [] });
    expect(await registry.metrics()).toBe('# HELP pointsman_depth Depth.\n# TYPE pointsman_depth gauge\n');
  });

  it('shows sorted durations as a histogram', async () => {
    const registry = new Registry();
    const buckets = new Buckets([0.5, 1]);
    for (const seconds of [0.25, 0.75, 2]) buckets.add(seconds);
    const read = () => [{ buckets, labels: { destination: 'bloomreach' } }];
    publishHistogram(registry, { name: 'call_seconds', help: 'Calls.', labels: ['destination'], read });
    expect(await registry.metrics()).toBe(`# HELP pointsman_call_seconds Calls.
# TYPE pointsman_call_seconds histogram
pointsman_call_seconds_bucket{le="0.5",destination="bloomreach"} 1
pointsman_call_seconds_bucket{le="1",destination="bloomreach"} 2
pointsman_call_seconds_bucket{le="+Inf",destination="bloomreach"} 3
pointsman_call_seconds_sum{destination="bloomreach"} 3
pointsman_call_seconds_count{destination="bloomreach"} 3
`);
  });

  it('writes names that came from outside so that they cannot be taken for something else', async () => {
    const registry = new Registry();
    const read = () => [{ labels: { mapping: 'a"} 1\npointsman_up 0' }, value: 1 }];
    publishCounter(registry, { name: 'things_total', help: 'Things.', labels: ['mapping'], read });
    expect(await registry.metrics()).toContain('{mapping="a\\"} 1\\npointsman_up 0"} 1\n');
  });
});
