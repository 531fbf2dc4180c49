import type { WorldEvent } from '../../sandbox/open-loyalty/world/event.ts';
import type { Cast } from './cast.ts';
import type { SUBSCRIBED } from './mapping-files.ts';

/** Something that happens at Open Loyalty: it changes the world, and the world tells its subscribers. */
export type Happening = (cast: Cast, nowMs: number) => readonly WorldEvent[];

/** One thing that happens in the demo. */
export type Step =
  | { readonly kind: 'happen'; readonly happening: Happening }
  /** `pointsman facts seed`: Pointsman asks Open Loyalty for all its members. */
  | { readonly kind: 'seed-facts' }
  /** Open Loyalty sends the next such event twice, as it does when it heard no answer: same message id, new request id. */
  | { readonly kind: 'send-next-twice'; readonly eventName: (typeof SUBSCRIBED)[number] }
  /** Bloomreach refuses the next event of this type. */
  | { readonly kind: 'refuse-next'; readonly eventType: string; readonly message: string }
  | { readonly kind: 'outage'; readonly forMs: number }
  | { readonly kind: 'until-outage-ends' }
  | { readonly kind: 'pause'; readonly ms: number };

/** A part of the demo, under a caption that says what is to be seen. */
export interface Scene {
  readonly caption: string;
  readonly steps: readonly Step[];
}

type Name = keyof Cast['members'];

/** Time to read a caption and to see what follows, in ms. */
const LOOK: Step = { kind: 'pause', ms: 2_500 };
/** Between two purchases of the burst, in ms. */
const BEAT: Step = { kind: 'pause', ms: 150 };

const BICYCLE = { sku: 'V-1', name: 'Bicycle', quantity: 1, grossValue: 640, category: 'sport', maker: 'Rad' };
const COFFEE = { sku: 'C-3', name: 'Coffee', quantity: 1, grossValue: 6.5, category: 'food', maker: 'Roast' };
const MUG = { sku: 'A-1', name: 'Mug', quantity: 1, grossValue: 9.9, category: 'home', maker: 'Acme' };
const LAMP = { sku: 'B-2', name: 'Lamp', quantity: 1, grossValue: 39, category: 'home', maker: 'Lux' };

/** The whole demo as data: every kind of event, every way a delivery can go. `outageMs` is how long Bloomreach is down. */
export function scenario({ outageMs }: { readonly outageMs: number }): readonly Scene[] {
  return [...calmScenes(), ...outageScenes(outageMs)];
}

function calmScenes(): readonly Scene[] {
  return [
    {
      caption: 'Ann buys a bicycle. Its points lift her to Gold. Each event has its mapping.',
      steps: [happen(buys('ann', BICYCLE)), LOOK],
    },
    {
      caption: 'Bob earns points, then spends some: points-earned skips what was spent.',
      steps: [happen(earns('bob', 120)), happen(spends('bob', 100)), LOOK],
    },
    {
      caption: 'Finn reaches Silver. Open Loyalty sends that twice; it is delivered once.',
      steps: [{ kind: 'send-next-twice', eventName: 'CustomerLevelChanged' }, happen(earns('finn', 60)), LOOK],
    },
    {
      caption: 'The daily scan: Dan may fall to Silver; points of Bob and Carla expire soon.',
      steps: [happen(({ world, beganAtMs }) => world.dayPassed(beganAtMs)), LOOK],
    },
    {
      caption: "Such a reminder names only a wallet. Bob's is known from an earlier event.",
      steps: [LOOK],
    },
    {
      caption: 'Carla has been silent: no event has ever told which wallet is hers. Hers waits.',
      steps: [LOOK],
    },
    {
      caption: 'Pointsman asks Open Loyalty for all members ("facts seed"). Now hers leaves.',
      steps: [{ kind: 'seed-facts' }, LOOK],
    },
    {
      caption: 'A new reward: no mapping names that event. It is kept, and listed as unmatched.',
      steps: [happen(newReward), LOOK],
    },
    {
      caption: 'Bloomreach refuses one. It is dead, with the reason, and waits for a person.',
      steps: [
        {
          kind: 'refuse-next',
          eventType: 'loyalty_challenge',
          message: 'Not authorized to add event of specified type',
        },
        happen(becomesVip('emma')),
        LOOK,
      ],
    },
  ];
}

function outageScenes(outageMs: number): readonly Scene[] {
  return [
    {
      caption: `Bloomreach is down for ${Math.round(outageMs / 1000)} s. Everyone goes on shopping; nothing is lost.`,
      steps: [{ kind: 'outage', forMs: outageMs }, ...[COFFEE, MUG, LAMP].flatMap(everyoneBuys)],
    },
    {
      caption: "All are on disk. Each member's first is tried again; the others wait behind it.",
      steps: [{ kind: 'until-outage-ends' }],
    },
    { caption: 'Bloomreach is back. Each member gets everything, in the order it came.', steps: [] },
  ];
}

function everyoneBuys(item: typeof COFFEE): readonly Step[] {
  const names: readonly Name[] = ['ann', 'bob', 'carla', 'dan', 'emma', 'finn', 'grace', 'hugo'];
  return names.flatMap((name) => [happen(buys(name, item)), BEAT]);
}

function happen(happening: Happening): Step {
  return { kind: 'happen', happening };
}

function buys(name: Name, item: typeof COFFEE): Happening {
  return ({ world, members }, nowMs) => world.purchase(members[name], { items: [item] }, nowMs);
}

function earns(name: Name, units: number): Happening {
  return ({ world, members }, nowMs) => world.earnPoints(members[name], { units, comment: 'Goodwill' }, nowMs);
}

function spends(name: Name, units: number): Happening {
  return ({ world, members }, nowMs) => world.spendPoints(members[name], { units, comment: 'A coupon' }, nowMs);
}

/** A tier that is given by hand. */
function becomesVip(name: Name): Happening {
  return ({ world, tenant, members }, nowMs) => {
    const vip = tenant.tierSet.tiers.find((tier) => tier.name === 'VIP');
    return world.assignTier(members[name], vip?.levelId ?? '', nowMs);
  };
}

function newReward({ world, tenant }: Cast, nowMs: number): readonly WorldEvent[] {
  const draft = {
    name: 'Early bird',
    type: 'material',
    costInPoints: 200,
    price: 20,
    couponValue: 0,
    validDays: 0,
  } as const;
  return world.createReward(tenant, { ...draft, active: true }, nowMs);
}
