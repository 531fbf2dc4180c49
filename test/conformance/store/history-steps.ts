import fc from 'fast-check';
import type { DeliveryDraft, DeliveryStatus } from '../../../src/core/delivery.ts';
import type { Decision } from '../../../src/core/retry-policy.ts';

/** One thing that happens to a store: plain data, so that a failing history can be read. */
export type Step =
  | {
      readonly do: 'accept';
      readonly key: number;
      readonly wallet: number | null;
      /** Null = still to be routed. */
      readonly made: readonly Made[] | null;
      readonly offers: Offers;
      /** Whether one that cannot be stored stands before it. */
      readonly afterBad: boolean;
    }
  | { readonly do: 'route'; readonly limit: number; readonly made: readonly Made[]; readonly offers: Offers }
  | {
      readonly do: 'route again';
      readonly event: number;
      readonly run: number;
      readonly made: readonly Made[];
      readonly offers: Offers;
    }
  | { readonly do: 'claim'; readonly destination: number; readonly limit: number; readonly paused: readonly number[] }
  | {
      readonly do: 'settle';
      readonly claim: number;
      readonly decision: Decision['kind'];
      readonly share: number | null;
    }
  | { readonly do: 'recover'; readonly all: boolean }
  | { readonly do: 'skip'; readonly ids: readonly number[] }
  | { readonly do: 'release'; readonly ids: readonly number[] }
  | { readonly do: 'pause'; readonly destination: number; readonly endpoint: number; readonly cause: number }
  | { readonly do: 'resume'; readonly destination: number; readonly endpoint: number; readonly cause: number }
  | { readonly do: 'redeliver'; readonly status: DeliveryStatus | null; readonly limit: number }
  | { readonly do: 'reprocess'; readonly ids: readonly number[]; readonly made: readonly Made[] }
  | { readonly do: 'go on replaying'; readonly limit: number }
  | { readonly do: 'prune'; readonly seconds: number }
  | { readonly do: 'forget'; readonly member: number }
  | { readonly do: 'learn'; readonly member: number; readonly wallet: number }
  | { readonly do: 'look'; readonly made: readonly Made[] | null }
  | { readonly do: 'wait'; readonly seconds: number };

/** Destinations that are offered, each with the endpoint that is paused there; -1 = none. */
export type Offers = readonly { readonly destination: number; readonly paused: number }[];

/** A delivery that routing makes, by numbers. */
export interface Made {
  readonly status: DeliveryDraft['status'];
  readonly destination: number;
  readonly endpoint: number;
  readonly isOrdered: boolean;
  readonly background: boolean;
  readonly wallet: number;
  readonly delay: number;
}

const made = fc.record<Made>({
  status: fc.constantFrom('pending', 'pending', 'pending', 'pending', 'waiting', 'dead', 'skipped', 'shadowed'),
  destination: fc.nat(1),
  endpoint: fc.nat(1),
  isOrdered: fc.constantFrom(true, true, false),
  background: fc.constantFrom(false, false, false, true),
  wallet: fc.nat(1),
  delay: fc.constantFrom(0, 0, 0, 7),
});
const someMade = fc.array(made, { maxLength: 3 });
const offers: fc.Arbitrary<Offers> = fc.uniqueArray(
  fc.record({ destination: fc.nat(1), paused: fc.constantFrom(-1, -1, 0, 1) }),
  { maxLength: 2, selector: ({ destination }) => destination },
);
const ids = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 2 });
const address = { destination: fc.nat(1), endpoint: fc.nat(2), cause: fc.nat(2) };

/** Any step of a history. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      key: fc.nat(19),
      wallet: fc.option(fc.nat(1), { freq: 3 }),
      made: fc.option(someMade, { freq: 2 }),
      offers,
      afterBad: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('route' as const),
      limit: fc.integer({ min: 1, max: 4 }),
      made: someMade,
      offers,
    }),
  },
  fc.record({
    do: fc.constant('route again' as const),
    event: fc.integer({ min: 1, max: 8 }),
    run: fc.integer({ min: 1, max: 2 }),
    made: someMade,
    offers,
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      destination: fc.nat(1),
      limit: fc.integer({ min: 1, max: 3 }),
      paused: fc.subarray([0, 1], { maxLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      claim: fc.nat(20),
      decision: fc.constantFrom<Decision['kind']>('keep', 'release', 'delivered', 'delivered', 'retry', 'dead'),
      share: fc.constantFrom(null, null, 1, 25),
    }),
  },
  fc.record({ do: fc.constant('recover' as const), all: fc.constantFrom(false, false, true) }),
  fc.record({ do: fc.constant('skip' as const), ids }),
  fc.record({ do: fc.constant('release' as const), ids }),
  fc.record({ do: fc.constant('pause' as const), ...address }),
  fc.record({ do: fc.constant('resume' as const), ...address }),
  fc.record({
    do: fc.constant('redeliver' as const),
    status: fc.constantFrom<DeliveryStatus | null>('dead', 'delivered', 'skipped', 'shadowed', null),
    limit: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('reprocess' as const), ids, made: someMade }),
  fc.record({ do: fc.constant('go on replaying' as const), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('prune' as const), seconds: fc.nat(90) }),
  fc.record({ do: fc.constant('forget' as const), member: fc.nat(1) }),
  fc.record({ do: fc.constant('learn' as const), member: fc.nat(2), wallet: fc.nat(1) }),
  fc.record({ do: fc.constant('look' as const), made: fc.option(fc.array(made, { minLength: 1, maxLength: 2 })) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
);
