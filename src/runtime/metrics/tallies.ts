import type { Verdict } from '../../core/attempt.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { Buckets } from './buckets.ts';

/** What one source brought. */
export class SourceTally {
  received = 0;
  duplicates = 0;
  matched = 0;
  unmatched = 0;
  failed = 0;
}

/** What became of the deliveries of one mapping to one endpoint. */
export class DeliveryTally {
  readonly destination: string;
  readonly endpoint: string;
  readonly dead = new Map<ErrorCode | null, number>();
  delivered = 0;
  skipped = 0;
  shadowed = 0;

  constructor(destination: string, endpoint: string) {
    this.destination = destination;
    this.endpoint = endpoint;
  }
}

/** What became of the deliveries of one mapping. */
export class MappingTally {
  /** A mapping rarely sends to more than one endpoint in its life: a short list. */
  readonly deliveries: DeliveryTally[] = [];

  to(destination: string, endpoint: string): DeliveryTally {
    for (const tally of this.deliveries) {
      if (tally.endpoint === endpoint && tally.destination === destination) return tally;
    }
    const created = new DeliveryTally(destination, endpoint);
    this.deliveries.push(created);
    return created;
  }
}

/** Tries that did not deliver; those that did are as many as the deliveries. */
export interface FailedTries {
  readonly destination: string;
  readonly endpoint: string;
  readonly verdict: Verdict;
  readonly code: ErrorCode | null;
  count: number;
}

const CALL_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DELIVERY_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400];

/** The calls to one destination. */
export class DestinationTally {
  readonly callSeconds = new Buckets(CALL_BOUNDS);
  readonly deliverySeconds = new Buckets(DELIVERY_BOUNDS);
  failedCalls = 0;
}

/** Names that one label may have: a mapping may be renamed for years while a server runs. */
const MOST_NAMES = 500;
/** What is counted beyond. */
const OTHERS = '(others)';

/** Tallies by name, of a bounded number of names. */
export class Named<Tally> {
  readonly #tallies = new Map<string, Tally>();
  readonly #create: () => Tally;

  constructor(create: () => Tally) {
    this.#create = create;
  }

  of(name: string): Tally {
    return this.#tallies.get(name) ?? this.#add(this.#tallies.size < MOST_NAMES ? name : OTHERS);
  }

  entries(): Iterable<readonly [string, Tally]> {
    return this.#tallies;
  }

  #add(name: string): Tally {
    const known = this.#tallies.get(name);
    if (known !== undefined) return known;
    const created = this.#create();
    this.#tallies.set(name, created);
    return created;
  }
}
