import type { DeliveryDraft, RoutedEvent } from '../../core/delivery.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { EventDraft } from '../../core/event.ts';
import type { ReplayCounts } from '../../core/replay.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { Meter, MeteredCall, MeteredTry } from '../../ports/meter.ts';
import type { Accepted, AcceptedDraft, Receipt } from '../../ports/store.ts';
import { type DeliveryTally, DestinationTally, type FailedTries, MappingTally, Named, SourceTally } from './tallies.ts';

/** What counters are begun for. */
interface Counted {
  readonly sources: Pick<ReadonlyMap<string, unknown>, 'keys'>;
  readonly destinations: Pick<ReadonlyMap<string, unknown>, 'keys'>;
  readonly ruleSet: Pick<RuleSet, 'mappings'>;
}

const MS_PER_SECOND = 1_000;

/**
 * Counts in plain numbers, which a scrape reads: one event costs a few look-ups and additions. They begin at 0 with each
 * process, as Prometheus expects of counters; what the log counted for good is under `/api/v1/stats`.
 */
export class CountingMeter implements Meter {
  readonly sources = new Named(() => new SourceTally());
  readonly destinations = new Named(() => new DestinationTally());
  readonly mappings = new Named(() => new MappingTally());
  readonly failedTries = new Map<string, FailedTries>();
  readonly refusals = new Map<ErrorCode, number>();
  readonly loads: Record<Receipt['outcome'], number> = { accepted: 0, partly: 0, refused: 0 };
  readonly replays = { running: 0, looked: 0, replayed: 0, canceled: 0 };
  byHand = 0;

  /** Begins to count what is in force, at 0: a counter that is not there yet would seem to begin with its first event. */
  expect({ sources, destinations, ruleSet }: Counted): void {
    for (const id of sources.keys()) this.sources.of(id);
    for (const id of destinations.keys()) this.destinations.of(id);
    for (const { id, destination, endpoint } of ruleSet.mappings) this.mappings.of(id).to(destination, endpoint);
  }

  accepted(drafts: readonly AcceptedDraft[], accepted: readonly Accepted[]): void {
    for (const [index, draft] of drafts.entries()) {
      const one = accepted[index];
      if (!one?.ok) continue;
      const tally = this.sources.of(draft.source);
      if (one.duplicate) tally.duplicates += 1;
      else this.#received(draft, tally);
    }
  }

  refused(code: ErrorCode): void {
    add(this.refusals, code);
  }

  routed(events: readonly Pick<EventDraft, 'source'>[], routed: readonly RoutedEvent[]): void {
    for (const [index, { status, deliveries }] of routed.entries()) {
      this.#route(this.sources.of(events[index]?.source ?? ''), status);
      this.made(deliveries);
    }
  }

  made(deliveries: readonly DeliveryDraft[]): void {
    for (const draft of deliveries) {
      if (draft.status === 'skipped') this.#tally(draft).skipped += 1;
      else if (draft.status === 'shadowed') this.#tally(draft).shadowed += 1;
      else if (draft.status === 'dead') add(this.#tally(draft).dead, draft.code);
    }
  }

  called({ startedAtMs, nowMs, result }: MeteredCall, tries: readonly MeteredTry[]): void {
    const destination = tries[0]?.claim.delivery.destination;
    if (destination === undefined) return;
    const tally = this.destinations.of(destination);
    tally.callSeconds.add((nowMs - startedAtMs) / MS_PER_SECOND);
    if (result.failed) tally.failedCalls += 1;
    for (const one of tries) {
      if (one.answer.verdict !== 'delivered') {
        this.#failed(one);
        continue;
      }
      const { delivery } = one.claim;
      this.#tally(delivery).delivered += 1;
      tally.deliverySeconds.add((nowMs - delivery.pendingSinceMs) / MS_PER_SECOND);
    }
  }

  interrupted(tries: readonly MeteredTry[]): void {
    for (const one of tries) this.#failed(one);
  }

  skippedByHand(): void {
    this.byHand += 1;
  }

  loaded(outcome: Receipt['outcome']): void {
    this.loads[outcome] += 1;
  }

  replaysRunning(count: number): void {
    this.replays.running = count;
  }

  replayed(before: ReplayCounts, after: ReplayCounts): void {
    this.replays.looked += after.looked - before.looked;
    this.replays.replayed += after.replayed - before.replayed;
    this.replays.canceled += after.canceled - before.canceled;
  }

  #received({ routed, failure }: AcceptedDraft, tally: SourceTally): void {
    tally.received += 1;
    if (failure !== null) this.#route(tally, 'failed');
    if (routed === null) return;
    this.#route(tally, routed.status);
    this.made(routed.deliveries);
  }

  #route(tally: SourceTally, status: RoutedEvent['status']): void {
    if (status === 'routed') tally.matched += 1;
    else tally[status] += 1;
  }

  #failed({ claim: { delivery }, answer: { verdict, code }, decision }: MeteredTry): void {
    const { destination, endpoint } = delivery;
    const key = `${destination}.${endpoint} ${verdict} ${code}`;
    const tries = this.failedTries.get(key) ?? { destination, endpoint, verdict, code, count: 0 };
    tries.count += 1;
    this.failedTries.set(key, tries);
    if (decision.kind === 'dead') add(this.#tally(delivery).dead, decision.code);
  }

  #tally({ mapping, destination, endpoint }: Delivered): DeliveryTally {
    return this.mappings.of(mapping).to(destination, endpoint);
  }
}

type Delivered = Pick<DeliveryDraft, 'mapping' | 'destination' | 'endpoint'>;

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
