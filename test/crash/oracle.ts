import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { EVENT_NAMES, type Kind } from './mapping-texts.ts';

/** What the oracle sends to and how. */
export interface OracleOptions {
  /** The server's address at this moment; null while it is down. */
  readonly url: () => string | null;
  readonly token: string;
  readonly members: number;
  readonly eventsPerSecond: number;
  readonly random: () => number;
  /** What an event of this member is; level changes alone unless told. */
  readonly kindOf?: (tag: string, sequence: number) => Kind;
  /** What members are called; nothing unless told. */
  readonly prefix?: string;
  /** Told of each 202. */
  readonly onAccepted?: (messageId: string, eventId: string) => void;
}

/** Hands out events and remembers which of them the server owes. */
export interface Oracle {
  /** Message ids in the order they were issued, per member's e-mail address. */
  readonly issued: ReadonlyMap<string, readonly string[]>;
  /** Message ids that got a 202: each is an obligation. */
  readonly owed: ReadonlySet<string>;
  /** Issues nothing more and resolves when every member's last event is answered or given up. */
  stop(): Promise<void>;
}

/** The e-mail address of a member. */
export function emailOf(tag: string): string {
  return `member-${tag}@example.com`;
}

/** The id of a member at the loyalty engine. */
export function customerIdOf(tag: string): string {
  return `customer-${tag}.`;
}

/** The wallet that an event is about: a member gets a new one after every twenty events. */
export function walletOf(tag: string, sequence: number): string {
  return `w-${tag}-${Math.floor(sequence / 20)}`;
}

/** What the message id of an event says: `tag-sequence-kind`, or `tag-sequence` for a level change. */
export function partsOf(messageId: string): { readonly tag: string; readonly sequence: number; readonly kind: Kind } {
  const [tag = '', sequence = '', kind = 'l'] = messageId.split('-');
  return { tag, sequence: Number(sequence), kind: kind as Kind };
}

/** Each member's events go out one after the other; one without an answer is sent again, or given up by its sender. */
export function startOracle(options: OracleOptions): Oracle {
  const { members, eventsPerSecond, random, prefix = '', kindOf = () => 'l' } = options;
  const issued = new Map<string, string[]>();
  const owed = new Set<string>();
  const state = { stopped: false };
  const pauseMs = (members / eventsPerSecond) * 1_000;

  async function member(tag: string): Promise<void> {
    const ids: string[] = [];
    issued.set(emailOf(tag), ids);
    for (let sequence = 0; !state.stopped; sequence++) {
      await delay(pauseMs * (0.5 + random()));
      const kind = kindOf(tag, sequence);
      const messageId = kind === 'l' ? `${tag}-${sequence}` : `${tag}-${sequence}-${kind}`;
      ids.push(messageId);
      const eventId = await hand(messageId);
      if (eventId === null) continue;
      owed.add(messageId);
      options.onAccepted?.(messageId, eventId);
    }
  }

  async function hand(messageId: string): Promise<string | null> {
    for (let tries = 1; ; tries++) {
      const eventId = await sendEvent(messageId, options);
      if (eventId !== null) return eventId;
      if (state.stopped || tries >= 20 || random() < 0.3) return null;
      await delay(50);
    }
  }

  const all = Array.from({ length: members }, (_, index) => member(`${prefix}${index}`));
  return {
    issued,
    owed,
    async stop() {
      state.stopped = true;
      await Promise.all(all);
    },
  };
}

/** Sends the event with this message id; its `evt_…`, null without a 202. */
export async function sendEvent(
  messageId: string,
  { url, token }: Pick<OracleOptions, 'url' | 'token'>,
): Promise<string | null> {
  const base = url();
  if (base === null) return null;
  try {
    const answer = await request(`${base}/webhooks/open-loyalty`, {
      method: 'POST',
      headers: { 'x-pointsman-token': token, 'content-type': 'application/json' },
      body: bodyOf(messageId),
      bodyTimeout: 5_000,
    });
    const text = await answer.body.text();
    return answer.statusCode === 202 ? String(JSON.parse(text).eventId) : null;
  } catch {
    return null;
  }
}

function bodyOf(messageId: string): string {
  const { tag, sequence, kind } = partsOf(messageId);
  const customer = { customerId: customerIdOf(tag), email: emailOf(tag) };
  return JSON.stringify({
    messageId,
    requestId: `r-${messageId}`,
    eventName: EVENT_NAMES[kind],
    storeCode: 'DEFAULT',
    createdAt: new Date(1_770_798_600_000 + sequence * 1_000).toISOString(),
    data:
      kind === 'r' ? { accountId: walletOf(tag, sequence), points: 5 } : { customer, ...DETAILS[kind](tag, sequence) },
  });
}

const NONE = () => ({});
const DETAILS: Readonly<Record<Exclude<Kind, 'r'>, (tag: string, sequence: number) => object>> = {
  l: (_tag, sequence) => ({
    level: { levelId: `l-${sequence}`, name: 'Gold', levelMoveUp: true, levelMoveDown: false },
  }),
  u: NONE,
  p: NONE,
  t: NONE,
  f: (tag, sequence) => ({ accountId: walletOf(tag, sequence), amount: 10 }),
};
