import type { Registry } from 'prom-client';
import type { CountingMeter } from './counting-meter.ts';
import type { TransformTimes } from './metered-engine.ts';
import { type Label, publishCounter, publishHistogram, type Sample } from './publish.ts';
import type { DeliveryTally, DestinationTally, SourceTally } from './tallies.ts';

const ADDRESS: readonly Label[] = ['destination', 'endpoint'];
const MAPPED: readonly Label[] = ['mapping', ...ADDRESS];

/** Publishes what was counted since the process began. */
export function publishCounts(registry: Registry, meter: CountingMeter, times: TransformTimes): void {
  publishEvents(registry, meter);
  publishDeliveries(registry, meter);
  publishCalls(registry, meter);
  publishRest(registry, meter);
  publishHistogram(registry, {
    name: 'transform_inline_seconds',
    help: 'How long a transform took that ran in place.',
    read: () => [{ buckets: times.inline }],
  });
  publishHistogram(registry, {
    name: 'transform_worker_seconds',
    help: 'How long a transform took in a worker thread, waiting for its turn included.',
    read: () => [{ buckets: times.worker }],
  });
}

function publishEvents(registry: Registry, { sources, refusals }: CountingMeter): void {
  const bySource = (name: string, help: string, read: (tally: SourceTally) => number) =>
    publishCounter(registry, {
      ...{ name, help, labels: ['source'] },
      read: () => Array.from(sources.entries(), ([source, tally]) => ({ labels: { source }, value: read(tally) })),
    });
  bySource('events_received_total', 'Events stored, each once.', ({ received }) => received);
  bySource('events_duplicate_total', 'Repeats of events that were stored before.', ({ duplicates }) => duplicates);
  bySource('events_matched_total', 'Events that at least one mapping names.', ({ matched }) => matched);
  bySource('events_unmatched_total', 'Events that no mapping names.', ({ unmatched }) => unmatched);
  bySource('events_failed_total', 'Events that could not be routed.', ({ failed }) => failed);
  publishCounter(registry, {
    name: 'webhooks_refused_total',
    help: 'Webhooks answered with an error, by its code.',
    labels: ['code'],
    read: () => Array.from(refusals, ([code, value]) => ({ labels: { code }, value })),
  });
}

function publishDeliveries(registry: Registry, meter: CountingMeter): void {
  const byMapping = (name: string, help: string, read: (tally: DeliveryTally) => number) =>
    publishCounter(registry, {
      ...{ name, help, labels: MAPPED },
      read: () => Array.from(tallies(meter), ({ labels, tally }) => ({ labels, value: read(tally) })),
    });
  byMapping('deliveries_delivered_total', 'Deliveries that were delivered.', ({ delivered }) => delivered);
  byMapping('deliveries_skipped_total', 'Deliveries that had nothing to send.', ({ skipped }) => skipped);
  byMapping('deliveries_shadowed_total', 'Deliveries of mappings in shadow mode.', ({ shadowed }) => shadowed);
  publishCounter(registry, {
    name: 'deliveries_dead_total',
    help: 'Deliveries that will not be tried again by themselves, by why.',
    labels: [...MAPPED, 'code'],
    read: () => deaths(meter),
  });
  publishCounter(registry, {
    name: 'deliveries_skipped_by_hand_total',
    help: 'Deliveries that a person took out.',
    read: () => [{ value: meter.byHand }],
  });
  publishCounter(registry, {
    name: 'deliveries_canceled_total',
    help: 'Deliveries that a replay took back for newer ones.',
    read: () => [{ value: meter.replays.canceled }],
  });
}

function publishCalls(registry: Registry, meter: CountingMeter): void {
  publishCounter(registry, {
    name: 'attempts_total',
    help: 'Tries to send one delivery, by what they came to.',
    labels: [...ADDRESS, 'verdict', 'code'],
    read: () => attempts(meter),
  });
  publishCounter(registry, {
    name: 'calls_failed_total',
    help: 'Calls that failed as a whole: what the breaker counts.',
    labels: ['destination'],
    read: () => byDestination(meter, ({ failedCalls }) => ({ value: failedCalls })),
  });
  publishHistogram(registry, {
    name: 'call_seconds',
    help: 'How long calls took, whatever they came to.',
    labels: ['destination'],
    read: () => byDestination(meter, ({ callSeconds }) => ({ buckets: callSeconds })),
  });
  publishHistogram(registry, {
    name: 'delivery_seconds',
    help: 'How long deliveries were pending until they were delivered: retries and pauses included.',
    labels: ['destination'],
    read: () => byDestination(meter, ({ deliverySeconds }) => ({ buckets: deliverySeconds })),
  });
}

function publishRest(registry: Registry, { loads, replays }: CountingMeter): void {
  const counter = (name: string, help: string, read: () => number) =>
    publishCounter(registry, { name, help, read: () => [{ value: read() }] });
  counter('reloads_accepted_total', 'Loads of config and mappings that took everything.', () => loads.accepted);
  counter('reloads_partly_total', 'Loads that took some files and refused others.', () => loads.partly);
  counter('reloads_refused_total', 'Loads that took nothing.', () => loads.refused);
  counter('replays_looked_total', 'What running replays looked at.', () => replays.looked);
  counter('replays_replayed_total', 'Deliveries that replays made or put back.', () => replays.replayed);
}

interface Tallied {
  readonly labels: { readonly mapping: string; readonly destination: string; readonly endpoint: string };
  readonly tally: DeliveryTally;
}

function* tallies({ mappings }: CountingMeter): Iterable<Tallied> {
  for (const [mapping, { deliveries }] of mappings.entries()) {
    for (const tally of deliveries) {
      const { destination, endpoint } = tally;
      yield { labels: { mapping, destination, endpoint }, tally };
    }
  }
}

function* deaths(meter: CountingMeter): Iterable<Sample> {
  for (const { labels, tally } of tallies(meter)) {
    for (const [code, value] of tally.dead) yield { labels: { ...labels, code: code ?? '' }, value };
  }
}

/** Those that delivered are counted with the deliveries; the counter adds up the mappings of an endpoint. */
function* attempts(meter: CountingMeter): Iterable<Sample> {
  for (const { labels, tally } of tallies(meter)) {
    const { destination, endpoint } = labels;
    if (tally.delivered > 0) {
      yield { labels: { destination, endpoint, verdict: 'delivered', code: '' }, value: tally.delivered };
    }
  }
  for (const { destination, endpoint, verdict, code, count } of meter.failedTries.values()) {
    yield { labels: { destination, endpoint, verdict, code: code ?? '' }, value: count };
  }
}

function byDestination<Read extends object>(
  { destinations }: CountingMeter,
  read: (tally: DestinationTally) => Read,
): readonly (Read & { readonly labels: { readonly destination: string } })[] {
  return Array.from(destinations.entries(), ([destination, tally]) => ({ ...read(tally), labels: { destination } }));
}
