import type { CallLimits, Destination } from '../../ports/destination.ts';
import type { OpenClaim } from './open-claim.ts';

/** What a call is formed on. */
export interface CallMoment {
  readonly callsInFlight: number;
  readonly nowMs: number;
}

/** Claims that go together now, or how long to wait for more, in ms. */
type NextCall =
  | { readonly claims: readonly OpenClaim[]; readonly waitMs: 0 }
  | { readonly claims: null; readonly waitMs: number };

/** The longest that anything waits for company while calls are in flight, in ms: one that hangs must not hold up the rest. */
const LONGEST_WAIT_MS = 100;

/**
 * Claimed deliveries in the order in which they came, and the rule by which they become calls: at once while nothing is
 * in flight; the more calls are in flight, the more must have gathered; a full call never waits.
 */
export class Gathering {
  readonly #destination: Pick<Destination, 'limits' | 'fit'>;
  readonly #limits: CallLimits;
  #waiting: OpenClaim[] = [];
  #places = 0;

  constructor(destination: Pick<Destination, 'limits' | 'fit'>) {
    this.#destination = destination;
    this.#limits = destination.limits;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** What they take up, in deliveries of full calls: one that must travel alone takes a whole call. */
  get places(): number {
    return this.#places;
  }

  add(claims: readonly OpenClaim[]): void {
    for (const claim of claims) this.#waiting.push(claim);
    this.#places += this.#placesOf(claims);
  }

  /** Those of a call that was divided: they go first, as they came first. */
  addFirst(claims: readonly OpenClaim[]): void {
    this.#waiting.unshift(...claims);
    this.#places += this.#placesOf(claims);
  }

  /** Takes out those that match, or all. */
  takeOut(matches: (claim: OpenClaim, index: number) => boolean = () => true): readonly OpenClaim[] {
    const taken = this.#waiting.filter(matches);
    if (taken.length === 0) return taken;
    this.#waiting = this.#waiting.filter((claim, index) => !matches(claim, index));
    this.#places -= this.#placesOf(taken);
    return taken;
  }

  some(matches: (claim: OpenClaim) => boolean): boolean {
    return this.#waiting.some(matches);
  }

  /** Takes the claims of the next call, when it is time for one. */
  next(moment: CallMoment): NextCall {
    const first = this.#waiting[0];
    if (first === undefined) return { claims: null, waitMs: Number.POSITIVE_INFINITY };
    const sharing = this.#sharing(first);
    const waitMs = this.#waitMs(first, sharing, moment);
    if (waitMs > 0) return { claims: null, waitMs };
    const claims = this.#waiting.splice(0, this.#fitting(sharing.count));
    this.#places -= this.#placesOf(claims);
    return { claims, waitMs: 0 };
  }

  /** At least one: what fits in no call is the destination's to answer for. */
  #fitting(count: number): number {
    if (count === 1) return 1;
    const candidates = this.#waiting.slice(0, count).map(({ delivery }) => delivery);
    return Math.min(count, Math.max(1, this.#destination.fit(candidates)));
  }

  /** How many, from the first on, may share a call, and whether more that come could not join them. */
  #sharing(first: OpenClaim): { readonly count: number; readonly isFull: boolean } {
    const { batchSize } = this.#limits;
    let most = Math.min(batchSize, first.shareLimit ?? batchSize);
    let count = 1;
    for (; count < most; count++) {
      const claim = this.#waiting[count];
      if (claim === undefined) return { count, isFull: false };
      // Who was in a failed call travels only with such: nobody else is drawn in.
      if ((claim.shareLimit === null) !== (first.shareLimit === null)) break;
      if (claim.shareLimit !== null && claim.shareLimit <= count) break;
      most = Math.min(most, claim.shareLimit ?? most);
    }
    return { count, isFull: true };
  }

  #waitMs(
    { sinceMs }: OpenClaim,
    { count, isFull }: { readonly count: number; readonly isFull: boolean },
    { callsInFlight, nowMs }: CallMoment,
  ): number {
    const { batchSize, concurrency, lingerMs } = this.#limits;
    if (isFull) return 0;
    // A clock that was set back must hold nothing up.
    const waitedMs = nowMs < sinceMs ? Number.POSITIVE_INFINITY : nowMs - sinceMs;
    const enough = Math.ceil((batchSize * callsInFlight) / concurrency);
    const longestMs = count >= enough ? lingerMs : Math.max(lingerMs, LONGEST_WAIT_MS);
    return Math.max(0, longestMs - waitedMs);
  }

  #placesOf(claims: readonly OpenClaim[]): number {
    const { batchSize } = this.#limits;
    let places = 0;
    for (const { shareLimit } of claims) places += shareLimit === null ? 1 : Math.ceil(batchSize / shareLimit);
    return places;
  }
}
