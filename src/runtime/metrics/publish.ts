import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Buckets } from './buckets.ts';

/** The labels that metrics may have: each has few values, and none says anything of a person. */
export type Label = 'source' | 'mapping' | 'destination' | 'endpoint' | 'verdict' | 'code';

type Labels = Readonly<Partial<Record<Label, string>>>;

/** One value of a metric, as of now. */
export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** A metric, and where its values are read at each scrape. */
export interface Published<Value> {
  /** Without the prefix. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
  readonly read: () => Iterable<Value>;
}

/** Durations of one kind. */
export interface DurationSample {
  readonly buckets: Buckets;
  readonly labels?: Labels;
}

const PREFIX = 'pointsman_';

/** Publishes what only grows while the process lives. */
export function publishCounter(registry: Registry, { name, help, labels = [], read }: Published<Sample>): void {
  new Counter({
    ...{ name: PREFIX + name, help, labelNames: labels, registers: [registry] },
    collect() {
      this.reset();
      for (const sample of read()) this.inc(sample.labels ?? {}, sample.value);
    },
  });
}

/** Publishes what is so now. What is not known is left out. */
export function publishGauge(registry: Registry, { name, help, labels = [], read }: Published<Sample>): void {
  new Gauge({
    ...{ name: PREFIX + name, help, labelNames: labels, registers: [registry] },
    collect() {
      this.reset();
      // prom-client begins a gauge without labels at 0.
      if (labels.length === 0) this.remove();
      for (const sample of read()) this.set(sample.labels ?? {}, sample.value);
    },
  });
}

/** Publishes durations that were sorted into buckets already. */
export function publishHistogram(registry: Registry, published: Published<DurationSample>): void {
  registry.registerMetric(new SortedHistogram(published));
}

/** prom-client's own histogram sorts each value as it comes, which costs too much here: this one shows ours. */
class SortedHistogram extends Histogram<string> {
  readonly #published: Published<DurationSample>;

  constructor(published: Published<DurationSample>) {
    const { name, help, labels = [] } = published;
    super({ name: PREFIX + name, help, labelNames: labels, registers: [] });
    this.#published = published;
  }

  /** What the registry asks for, and what `get` stands on. */
  async getForPromString() {
    const { name, help, read } = this.#published;
    const values = [...read()].flatMap((sample) => seriesOf(PREFIX + name, sample));
    return { name: PREFIX + name, help, type: 'histogram', values, aggregator: 'sum' };
  }
}

function seriesOf(name: string, { buckets, labels = {} }: DurationSample) {
  const counts = buckets.cumulative();
  const total = counts.at(-1) ?? 0;
  const below = buckets.bounds.map((le, index) => ({
    metricName: `${name}_bucket`,
    labels: { le, ...labels },
    value: counts[index] ?? 0,
  }));
  return [
    ...below,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: total },
    { metricName: `${name}_sum`, labels, value: buckets.sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
