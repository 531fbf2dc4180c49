import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';

/** What the oracle sends to and how. */
export interface OracleOptions {
  /** The server's address at this moment; null while it is down. */
  readonly url: () => string | null;
  readonly token: string;
  readonly members: number;
  readonly eventsPerSecond: number;
  readonly random: () => number;
}

/** Hands out events and remembers which of them the server owes. */
export interface Oracle {
  /** Message ids in the order they were issued, per member. */
  readonly issued: ReadonlyMap<string, readonly string[]>;
  /** Message ids that got a 202: each is an obligation. */
  readonly owed: ReadonlySet<string>;
  /** Issues nothing more and resolves when every member's last event is answered or given up. */
  stop(): Promise<void>;
}

/** Each member's events go out one after the other; one without an answer is sent again, or given up by its sender. */
export function startOracle(options: OracleOptions): Oracle {
  const issued = new Map<string, string[]>();
  const owed = new Set<string>();
  const state = { stopped: false };
  const pauseMs = (options.members / options.eventsPerSecond) * 1_000;

  async function member(index: number): Promise<void> {
    const email = `member-${index}@example.com`;
    const ids: string[] = [];
    issued.set(email, ids);
    for (let sequence = 0; !state.stopped; sequence++) {
      await delay(pauseMs * (0.5 + options.random()));
      const messageId = `${index}-${sequence}`;
      ids.push(messageId);
      if (await hand(bodyOf(email, messageId, sequence))) owed.add(messageId);
    }
  }

  async function hand(body: string): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      if (await accepted(options, body)) return true;
      if (state.stopped || tries >= 20 || options.random() < 0.3) return false;
      await delay(50);
    }
  }

  const members = Array.from({ length: options.members }, (_, index) => member(index));
  return {
    issued,
    owed,
    async stop() {
      state.stopped = true;
      await Promise.all(members);
    },
  };
}

async function accepted({ url, token }: OracleOptions, body: string): Promise<boolean> {
  const base = url();
  if (base === null) return false;
  try {
    const headers = { 'x-pointsman-token': token, 'content-type': 'application/json' };
    const answer = await request(`${base}/webhooks/open-loyalty`, {
      method: 'POST',
      headers,
      body,
      bodyTimeout: 5_000,
    });
    await answer.body.dump();
    return answer.statusCode === 202;
  } catch {
    return false;
  }
}

function bodyOf(email: string, messageId: string, sequence: number): string {
  return JSON.stringify({
    messageId,
    requestId: `r-${messageId}`,
    eventName: 'CustomerLevelChanged',
    storeCode: 'DEFAULT',
    createdAt: new Date(1_770_798_600_000 + sequence * 1_000).toISOString(),
    data: {
      customer: { customerId: email, email },
      level: { levelId: `l-${sequence}`, name: 'Gold', levelMoveUp: true, levelMoveDown: false },
    },
  });
}
