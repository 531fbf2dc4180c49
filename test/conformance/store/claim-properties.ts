import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClaimedDelivery } from '../../../src/core/delivery.ts';
import type { Decision } from '../../../src/core/retry-policy.ts';
import type { Applied, SettledAttempt, Store } from '../../../src/ports/store.ts';
import { deliveryDraft, failedAttempt, offer, routedDraft, T0 } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

/** What one of two workers does: a claim may be settled late, twice, or after another worker took over. */
type Act =
  | { readonly do: 'claim'; readonly limit: number }
  | { readonly do: 'settle'; readonly claims: readonly number[]; readonly decision: Decision['kind'] }
  | { readonly do: 'take over'; readonly decision: 'retry' | 'release' }
  | { readonly do: 'skip'; readonly id: number }
  | { readonly do: 'release'; readonly id: number };

const DELIVERIES = 6;
const id = fc.integer({ min: 1, max: DELIVERIES });

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      claims: fc.array(fc.nat(11), { minLength: 1, maxLength: 3 }),
      decision: fc.constantFrom<Decision['kind']>('keep', 'release', 'retry', 'retry', 'delivered', 'dead'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('take over' as const),
      decision: fc.constantFrom('retry' as const, 'release' as const),
    }),
  },
  fc.record({ do: fc.constant('skip' as const), id }),
  fc.record({ do: fc.constant('release' as const), id }),
);

const anyHistory = fc.record({
  /** Whether the first claims are made in the commit that makes the deliveries. */
  isOffered: fc.boolean(),
  /** All in one lane, or none in any. */
  isOrdered: fc.boolean(),
  acts: fc.array(anyAct, { minLength: 5, maxLength: 40 }),
});

/** Claims of two competing workers: run it against stores that open fast. */
export function claimProperties(name: string, open: OpenStore, numRuns: number): void {
  describe(`claims in ${name}, whatever two workers do`, () => {
    it('are decided once each, by the newest; late decisions are dropped, and every attempt is kept', async () => {
      await fc.assert(
        fc.asyncProperty(anyHistory, async ({ isOffered, isOrdered, acts }) => {
          const { store } = await open();
          const drafts = Array.from({ length: DELIVERIES }, (_, part) => deliveryDraft({ part, ordered: isOrdered }));
          const [made] = await store.accept([routedDraft('m-1', drafts)], isOffered ? [offer()] : []);
          const model = new Model(store);
          model.noteClaims(made?.ok ? made.claimed : []);
          for (const act of acts) await model.play(act);
          await model.expectLogged();
          await store.close();
        }),
        { numRuns },
      );
    });
  });
}

/** What is known of one delivery: all that decides who may decide. */
interface Known {
  claimNo: number;
  isClaimed: boolean;
  end: 'delivered' | 'dead' | 'skipped' | null;
  readonly attempts: number[];
}

/** Answers as a store should, one delivery at a time, and asks it. */
class Model {
  readonly #store: Store;
  readonly #known: Known[] = Array.from({ length: DELIVERIES }, () => {
    return { claimNo: 0, isClaimed: false, end: null, attempts: [] };
  });
  readonly #claims: ClaimedDelivery[] = [];
  #nowMs = T0;

  constructor(store: Store) {
    this.#store = store;
  }

  noteClaims(claimed: readonly ClaimedDelivery[]): void {
    for (const claim of claimed) {
      const known = this.#of(claim.id);
      expect([known.isClaimed, known.end], `${claim.id} is claimed twice`).toEqual([false, null]);
      expect([claim.claimNo, claim.attempts]).toEqual([known.claimNo + 1, known.attempts.length]);
      Object.assign(known, { claimNo: claim.claimNo, isClaimed: true });
      this.#claims.push(claim);
    }
  }

  async play(act: Act): Promise<void> {
    this.#nowMs += 10_000;
    if (act.do === 'claim') return this.#claim(act.limit);
    if (act.do === 'take over') return this.#takeOver(act.decision);
    if (act.do === 'settle')
      return this.#settle(
        act.claims.flatMap((index) => this.#claims[index] ?? []),
        act.decision,
      );
    const known = this.#of(act.id);
    const isQueued = !known.isClaimed && known.end === null;
    if (act.do === 'skip') {
      expect(await this.#store.skipDeliveries([act.id], this.#nowMs)).toEqual([isQueued ? 'applied' : 'stale']);
      if (isQueued) known.end = 'skipped';
      return;
    }
    const isReleased = isQueued || known.end === 'dead';
    expect(await this.#store.releaseDeliveries([act.id], this.#nowMs)).toEqual([isReleased ? 'applied' : 'stale']);
    if (isReleased) known.end = null;
  }

  /** What was settled stands in the log, in order, each under its own claim. */
  async expectLogged(): Promise<void> {
    for (const [index, { attempts, end }] of this.#known.entries()) {
      const found = await this.#store.delivery(index + 1);
      expect(found?.attemptLog.map(({ claimNo }) => claimNo)).toEqual(attempts);
      expect(found).toMatchObject({ attempts: attempts.length, status: end ?? 'pending' });
    }
    const ended = this.#known.map(({ end }) => end);
    const { deliveries, attempts } = await this.#store.stats(T0);
    expect(deliveries.pending).toBe(ended.filter((end) => end === null).length);
    expect(attempts.transient).toBe(this.#known.flatMap((known) => known.attempts).length);
  }

  async #claim(limit: number): Promise<void> {
    const nowMs = this.#nowMs;
    this.noteClaims(await this.#store.claimDeliveries({ ...offer({ leaseEndMs: nowMs + 25_000 }), limit, nowMs }));
  }

  /** Settles what nobody settled in time, as one who finds lost claims does. */
  async #takeOver(kind: 'retry' | 'release'): Promise<void> {
    const lost = await this.#store.expiredClaims(this.#nowMs, 9, false);
    for (const { id: of, claimNo } of lost) expect(this.#of(of)).toMatchObject({ isClaimed: true, claimNo });
    await this.#settle(lost, kind);
  }

  async #settle(claims: readonly ClaimedDelivery[], kind: Decision['kind']): Promise<void> {
    const settled = claims.map((claim) => this.#settled(claim, kind));
    const expected = claims.map((claim) => this.#apply(claim, kind));
    expect(await this.#store.settleAttempts(settled)).toEqual(expected);
  }

  #settled({ id: deliveryId, claimNo, retries }: ClaimedDelivery, kind: Decision['kind']): SettledAttempt {
    const attempt = kind === 'release' ? null : failedAttempt();
    const decision = decisionOf(kind, this.#nowMs, retries);
    return { deliveryId, claimNo, attempt, decision, shareLimit: null, nowMs: this.#nowMs };
  }

  #apply({ id: of, claimNo }: ClaimedDelivery, kind: Decision['kind']): Applied {
    const known = this.#of(of);
    if (kind !== 'release') known.attempts.push(claimNo);
    if (!known.isClaimed || known.claimNo !== claimNo) return 'stale';
    known.isClaimed = kind === 'keep';
    if (kind === 'delivered' || kind === 'dead') known.end = kind;
    return 'applied';
  }

  #of(deliveryId: number): Known {
    const known = this.#known[deliveryId - 1];
    if (!known) throw new Error(`There is no delivery ${deliveryId}`);
    return known;
  }
}

/** The dead ones are held, so that a person may release them. */
function decisionOf(kind: Decision['kind'], nowMs: number, retries: number): Decision {
  if (kind === 'release') return { kind, dueAtMs: nowMs };
  if (kind === 'retry') return { kind, dueAtMs: nowMs, retries: retries + 1, code: 'DELIVERY_UNAVAILABLE' };
  return kind === 'dead' ? { kind, code: 'DELIVERY_HELD', detail: 'Held for a person.' } : { kind };
}
