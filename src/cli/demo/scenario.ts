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
const BURST_ROUNDS = 5;

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
      caption: 'Ann and Bob earn points. Bob also spends some: no event for that, says the condition of points-earned.',
      steps: [
        send(pointsChanged(ann, { type: 'add', points: 60, balance: 360, transfer: 'first' })),
        send(pointsChanged(bob, { type: 'add', points: 120, balance: 245.5, transfer: 'first' })),
        send(pointsChanged(bob, { type: 'subtract', points: 100, balance: 145.5, transfer: 'spent' })),
        LOOK,
      ],
    },
    {
      caption: 'Points expire in 14 days. The reminder names only a wallet; whose it is, an earlier event has taught.',
      steps: [send(pointsExpiring(bob, 35, inDays(14))), LOOK],
    },
    {
      caption: 'A reminder for a wallet that nothing has taught yet: it waits.',
      steps: [send(pointsExpiring(carla, 80, inDays(14))), LOOK],
    },
    {
      caption: 'Carla earns points. Now the wallet is known to be hers, and her reminder leaves too.',
      steps: [send(pointsChanged(carla, { type: 'add', points: 20, balance: 220, transfer: 'first' })), LOOK],
    },
    {
      caption: 'Dan may fall from Gold to Silver.',
      steps: [send(tierAboutToExpire(dan, 'Gold', 'Silver')), LOOK],
    },
    {
      caption: 'Open Loyalty repeats that message. It is answered with 202 and sent to nobody twice.',
      steps: [{ kind: 'send-again' }, LOOK],
    },
    {
      caption: 'An event that no mapping names is kept and counted as unmatched. Write a mapping when you want it.',
      steps: [send(badgeGranted(emma)), LOOK],
    },
    {
      caption: 'Bloomreach refuses one for good. It is dead, with the reason, and waits for a person.',
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
      caption:
        'All are on disk. The first of each member is tried again and again; the others wait behind it, in order.',
      steps: [{ kind: 'until-outage-ends' }],
    },
    { caption: 'Bloomreach is back. Each member gets everything, in the order it came.', steps: [] },
  ];
}

/** How many webhooks a scenario sends, repeats included. */
export function countWebhooks(scenes: readonly Scene[]): number {
  return scenes.flatMap(({ steps }) => steps).filter(({ kind }) => kind.startsWith('send')).length;
}

/** Five events of each member, in turns, as on a busy day. */
function burst(): readonly Webhook[] {
  return Array.from({ length: BURST_ROUNDS }, (_, round) =>
    Object.values(MEMBERS).map((member) => {
      if (round === 2) return tierChanged(member, 'Platinum', 'up');
      const points = 10 * (round + 1);
      return pointsChanged(member, { type: 'add', points, balance: 500 + points, transfer: `burst ${round}` });
    }),
  ).flat();
}

function send(webhook: Webhook): Step {
  return { kind: 'send', webhook };
}
