import { MEMBERS } from './members.ts';
import {
  badgeGranted,
  pointsChanged,
  pointsExpiring,
  tierAboutToExpire,
  tierChanged,
  type Webhook,
} from './webhooks.ts';

/** One thing that happens in the demo. */
export type Step =
  | { readonly kind: 'send'; readonly webhook: Webhook }
  /** The last message once more, as Open Loyalty does when it heard no answer: same message id, new request id. */
  | { readonly kind: 'send-again' }
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

/** What a scenario is told with. */
export interface ScenarioOptions {
  /** Unix time in ms: points expire some days after it. */
  readonly nowMs: number;
  /** How long Bloomreach is down, in ms. */
  readonly outageMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Time to read a caption and to see what follows, in ms. */
const LOOK: Step = { kind: 'pause', ms: 2_000 };
/** Between two webhooks of the burst, in ms. */
const BEAT: Step = { kind: 'pause', ms: 120 };
const BURST_PURCHASES = 4;

const { ann, bob, carla, dan, emma } = MEMBERS;

/** The whole demo as data: every kind of event, every way a delivery can go. */
export function scenario({ nowMs, outageMs }: ScenarioOptions): readonly Scene[] {
  const inDays = (days: number) => nowMs + days * DAY_MS;
  return [
    {
      caption: 'Ann reaches Gold. The mapping tier-change makes a Bloomreach event of it.',
      steps: [send(tierChanged(ann, 'Gold', 'up')), LOOK],
    },
    {
      caption: 'Ann and Bob earn points. Bob spends some, too: the mapping skips that.',
      steps: [
        send(pointsChanged(ann, { type: 'add', points: 60, balance: 360, transfer: 'first' })),
        send(pointsChanged(bob, { type: 'add', points: 120, balance: 245.5, transfer: 'first' })),
        send(pointsChanged(bob, { type: 'subtract', points: 100, balance: 145.5, transfer: 'spent' })),
        LOOK,
      ],
    },
    {
      caption: 'Points expire. The reminder names only a wallet; an earlier event told whose.',
      steps: [send(pointsExpiring(bob, 35, inDays(14))), LOOK],
    },
    {
      caption: 'A reminder for a wallet that nothing has taught yet: it waits.',
      steps: [send(pointsExpiring(carla, 80, inDays(14))), LOOK],
    },
    {
      caption: 'Carla earns points. Now the wallet is known as hers, and her reminder leaves.',
      steps: [send(pointsChanged(carla, { type: 'add', points: 20, balance: 220, transfer: 'first' })), LOOK],
    },
    {
      caption: 'Dan may fall from Gold to Silver.',
      steps: [send(tierAboutToExpire(dan, 'Gold', 'Silver')), LOOK],
    },
    {
      caption: 'Open Loyalty sends that once more. It is answered, and not delivered again.',
      steps: [{ kind: 'send-again' }, LOOK],
    },
    {
      caption: 'An event that no mapping names is kept, and listed as unmatched.',
      steps: [send(badgeGranted(emma)), LOOK],
    },
    {
      caption: 'Bloomreach refuses one. It is dead, with the reason, and waits for a person.',
      steps: [
        {
          kind: 'refuse-next',
          eventType: 'loyalty_downgrade_risk',
          message: 'Not authorized to add event of specified type',
        },
        send(tierAboutToExpire(emma, 'Platinum', 'Gold')),
        LOOK,
      ],
    },
    {
      caption: `Bloomreach is down for ${Math.round(outageMs / 1000)} s. ${burst().length} events arrive meanwhile; none is lost.`,
      steps: [{ kind: 'outage', forMs: outageMs }, ...burst().flatMap((webhook) => [send(webhook), BEAT])],
    },
    {
      caption: "All are on disk. Each member's first is tried again; the others wait behind it.",
      steps: [{ kind: 'until-outage-ends' }],
    },
    { caption: 'Bloomreach is back. Each member gets everything, in the order it came.', steps: [] },
  ];
}

/** How many webhooks a scenario sends, repeats included. */
export function countWebhooks(scenes: readonly Scene[]): number {
  return scenes.flatMap(({ steps }) => steps).filter(({ kind }) => kind.startsWith('send')).length;
}

/** A few purchases of each member, in turns as on a busy day, and the tier they lead to. */
function burst(): readonly Webhook[] {
  const members = Object.values(MEMBERS);
  const rounds = Array.from({ length: BURST_PURCHASES }, (_, round) =>
    members.map((member) => {
      const balance = 500 + 10 * (round + 1);
      return pointsChanged(member, { type: 'add', points: 10, balance, transfer: `burst ${round}` });
    }),
  );
  return [...rounds.flat(), ...members.map((member) => tierChanged(member, 'Platinum', 'up'))];
}

function send(webhook: Webhook): Step {
  return { kind: 'send', webhook };
}
