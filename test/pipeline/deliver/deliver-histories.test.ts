import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../src/core/attempt.ts';
import type { ClaimedDelivery } from '../../../src/core/delivery.ts';
import type { CallLimits, CallResult } from '../../../src/ports/destination.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { turn } from '../../support/manual-clock.ts';
import {
  createScriptedDestination,
  DELIVERED,
  REJECTED,
  UNAUTHORIZED,
  UNAVAILABLE,
  UNKNOWN,
} from '../../support/scripted-destination.ts';

const HOUR_MS = 3_600_000;
const MEMBERS = ['ann', 'bob', 'cleo', 'dan', 'eve'] as const;
const WHOLE = { destination: 'bloomreach', endpoint: null };

/** What the whole of a call comes to, or (as a list) what each of its deliveries does, over and over. */
type Outcome = keyof typeof ANSWERS | readonly (keyof typeof ANSWERS)[];

const ANSWERS = {
  delivered: DELIVERED,
  unavailable: UNAVAILABLE,
  rejected: REJECTED,
  unknown: UNKNOWN,
  unauthorized: UNAUTHORIZED,
  limited: { ...UNAVAILABLE, code: 'DELIVERY_RATE_LIMITED', httpStatus: 429, retryAfterMs: 2_000 },
  forbidden: { ...UNAUTHORIZED, httpStatus: 403, atFault: 'endpoint' },
} as const satisfies Record<string, Answer>;

type Step =
  | { readonly do: 'receive'; readonly members: readonly number[] }
  | { readonly do: 'step' }
  | { readonly do: 'answer'; readonly call: number; readonly outcome: Outcome; readonly divisible: boolean }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'skip' | 'release'; readonly id: number }
  | { readonly do: 'pause' | 'resume' | 'recover' };

const kind = fc.constantFrom<keyof typeof ANSWERS>('delivered', 'unavailable', 'rejected', 'unknown');
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('delivered' as const) },
  { weight: 3, arbitrary: fc.array(kind, { minLength: 2, maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Outcome>('unavailable', 'unknown', 'rejected', 'limited', 'unauthorized', 'forbidden'),
  },
);
const id = fc.integer({ min: 1, max: 12 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      members: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('step' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('answer' as const), call: fc.nat(3), outcome, divisible: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 150, 6_000, 40_000, 200_000) }),
  },
  fc.record({ do: fc.constantFrom('skip' as const, 'release' as const), id }),
  fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'recover' as const) }),
);

const anyHistory = fc.record({
  claimsAtOnce: fc.boolean(),
  quick: fc.nat(2),
  limits: fc.record({
    batchSize: fc.constantFrom(1, 2, 5),
    concurrency: fc.constantFrom(1, 3),
    ratePerSecond: fc.constantFrom(1, 1_000),
    breakerFailures: fc.constantFrom(2, 1_000),
  }),
  steps: fc.array(anyStep, { minLength: 10, maxLength: 50 }),
});

// Pauses between quick tries run on the timers of the machine.
beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

describe('delivering, whatever the destination answers and people do', () => {
  it('has one delivery of a member in flight at most, begins in order, repeats the same bytes, and comes to an end', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ steps, ...set }) => {
        const site = new Site(set);
        for (const step of steps) await site.play(step);
        await site.expectToEnd();
      }),
      { numRuns: 100 },
    );
  });
});

interface Setting {
  readonly claimsAtOnce: boolean;
  readonly limits: Partial<CallLimits>;
  readonly quick: number;
}

interface OpenCall {
  readonly deliveries: readonly ClaimedDelivery[];
  readonly answer: (result: CallResult) => void;
}

/** A corridor whose destination answers when it is told to, watched at its door. */
class Site {
  readonly #corridor: Corridor;
  readonly #open: OpenCall[] = [];
  readonly #bytes = new Map<number, string>();
  readonly #released = new Set<number>();
  readonly #lastBegun = new Map<string, number>();
  #received = 0;
  #tries = 0;

  constructor({ claimsAtOnce, limits, quick }: Setting) {
    const retry = { quick, scheduleMs: [5_000, 30_000, 60_000], jitter: 0, giveUpAfterMs: 3 * HOUR_MS };
    const destination = createScriptedDestination({ limits, retry, send: (deliveries) => this.#send(deliveries) });
    this.#corridor = createCorridor({ destination, claimsAtOnce });
  }

  async play(step: Step): Promise<void> {
    const { store, clock, pauses, deliverer } = this.#corridor;
    if (step.do === 'receive') for (const member of step.members) await this.#receive(MEMBERS[member] ?? 'ann');
    if (step.do === 'step') await deliverer.step();
    if (step.do === 'answer') this.#answer(step);
    if (step.do === 'advance') await this.#advance(step.ms);
    if (step.do === 'skip') await store.skipDeliveries([step.id], clock.now());
    if (step.do === 'release') await this.#release(step.id);
    if (step.do === 'pause') await pauses.pauseByHand(WHOLE, 'ops');
    if (step.do === 'resume') await pauses.resumeByHand(WHOLE);
    if (step.do === 'recover') await this.#corridor.recover('expired');
    await turn();
    await turn();
  }

  /** Once everything is delivered and nothing is paused, nothing is left. */
  async expectToEnd(): Promise<void> {
    const { store, pauses, deliverer } = this.#corridor;
    await pauses.resumeByHand(WHOLE);
    for (let round = 0; round < 300; round++) {
      while (this.#open.length > 0) await this.play({ do: 'answer', call: 0, outcome: 'delivered', divisible: false });
      if ((await store.pendingDestinations()).length === 0) break;
      await this.#advance(60_000);
      await this.play({ do: 'step' });
    }
    await deliverer.drained();
    const all = await this.#corridor.all();
    expect(all.filter(({ status }) => status === 'pending')).toEqual([]);
    expect(all.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(this.#tries);
    expect(this.#corridor.log.messages('error').filter((line) => line.includes('unexpectedly'))).toEqual([]);
  }

  #send(deliveries: readonly ClaimedDelivery[]): Promise<CallResult> {
    this.#tries += deliveries.length;
    for (const delivery of deliveries) this.#expectSound(delivery);
    const { promise, resolve } = Promise.withResolvers<CallResult>();
    this.#open.push({ deliveries, answer: resolve });
    this.#expectOneOfEach();
    return promise;
  }

  #expectSound({ id: delivery, request }: ClaimedDelivery): void {
    const { member, n } = JSON.parse(request) as { member: string; n: number };
    expect(request).toBe(this.#bytes.get(delivery) ?? request);
    const isFirst = !this.#bytes.has(delivery);
    this.#bytes.set(delivery, request);
    if (!isFirst || this.#released.has(delivery)) return;
    expect(n, `${delivery} overtook one of ${member}`).toBeGreaterThan(this.#lastBegun.get(member) ?? 0);
    this.#lastBegun.set(member, n);
  }

  #expectOneOfEach(): void {
    const laned = this.#open.flatMap(({ deliveries }) => deliveries).filter(({ id: one }) => !this.#released.has(one));
    const members = laned.map(({ request }) => JSON.parse(request).member as string);
    expect(new Set(members).size, 'two of a member are in flight').toBe(members.length);
  }

  async #advance(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
    await this.#corridor.clock.advance(ms);
  }

  #answer({ call: index, outcome: given, divisible }: Extract<Step, { readonly do: 'answer' }>): void {
    const [call] = this.#open.splice(index % Math.max(1, this.#open.length), 1);
    if (!call) return;
    const kinds = typeof given === 'string' ? [given] : given;
    const answers = call.deliveries.map((_, at) => ANSWERS[kinds[at % kinds.length] ?? 'delivered']);
    const failed = typeof given === 'string' && given !== 'delivered' && given !== 'rejected';
    call.answer({ answers, failed, divisible: failed && divisible });
  }

  async #receive(member: string): Promise<void> {
    this.#received += 1;
    const body = { eventName: 'X', storeCode: 'de', messageId: `m-${this.#received}`, member, n: this.#received };
    await this.#corridor.receive(body);
    await this.#corridor.route();
  }

  async #release(delivery: number): Promise<void> {
    const { store, clock } = this.#corridor;
    const [applied] = await store.releaseDeliveries([delivery], clock.now());
    if (applied === 'applied') this.#released.add(delivery);
  }
}
