import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deeds } from './deeds.ts';
import { customerIdOf, emailOf, partsOf, sendEvent, startOracle } from './oracle.ts';
import { callApi, type Site, TOKEN } from './site.ts';

/** What forgetting needs. */
export interface DoomedTools {
  readonly site: Site;
  readonly deeds: Deeds;
  readonly random: () => number;
  /** Between one and the next, in ms. */
  readonly restMs: number;
}

/** Members who come, and are forgotten. */
export interface Doomed {
  /** Those of whom something stood in the files when the server said that they were forgotten. */
  readonly remains: readonly string[];
  readonly forgotten: number;
  /** Finishes with the one at hand. */
  stop(): Promise<void>;
}

const LIFE_MS = 1_500;
const EVENTS_PER_SECOND = 20;

/** Starts one after the other: she acts for a while, then she is forgotten, then her last event is repeated. */
export function startDoomed({ site, deeds, random, restMs }: DoomedTools): Doomed {
  const state = { isOver: false, forgotten: 0 };
  const remains: string[] = [];
  const over = Promise.withResolvers<void>();

  async function live(tag: string): Promise<readonly string[]> {
    let isTaught = false;
    const oracle = startOracle({
      ...{ url: () => site.url, token: TOKEN, members: 1, eventsPerSecond: EVENTS_PER_SECOND, random },
      prefix: tag.slice(0, -1),
      // Who a wallet belongs to must be known before anything about it comes, or nobody could know that it was hers.
      kindOf: (_tag, sequence) => kindAt(sequence % 20, isTaught, random),
      onAccepted: (messageId, eventId) => {
        deeds.accepted(messageId, eventId);
        const { kind, sequence } = partsOf(messageId);
        if (kind === 'f') isTaught = true;
        if (sequence % 20 === 19) isTaught = false;
      },
    });
    await delay(LIFE_MS);
    await oracle.stop();
    await routed();
    return [...oracle.owed];
  }

  /** What names nobody and is not routed yet cannot be known to be hers: it would wait for a fact that went with her. */
  async function routed(): Promise<void> {
    for (;;) {
      const answer = await callApi(site, 'GET', '/api/v1/events?status=accepted&limit=1');
      if (Array.isArray(answer?.body['items']) && answer.body['items'].length === 0) return;
      await delay(20);
    }
  }

  /** Asked again until it is done: a kill may have come before the answer. */
  async function forget(tag: string): Promise<void> {
    const member = `DEFAULT/${customerIdOf(tag)}`;
    for (;;) {
      const answer = await callApi(site, 'POST', '/api/v1/members/forget', { member });
      // Unknown now: an answer was lost with its server, which has more to do yet, perhaps.
      if (answer?.status === 404) return;
      if (answer?.body['isDone'] === true) {
        remains.push(...tracesOf([tag], site.database));
        return;
      }
      if (answer && answer.status >= 400 && answer.status !== 503)
        deeds.unexpected.push(`forget: ${answer.status} ${JSON.stringify(answer.body)}`);
      await delay(50);
    }
  }

  async function liveAndDie(tag: string): Promise<void> {
    const owed = await live(tag);
    const aheadMs = site.clockAheadMs;
    await forget(tag);
    deeds.forgottenMs.set(tag, Date.now());
    state.forgotten += 1;
    const last = owed.findLast((id) => partsOf(id).kind !== 'r');
    // What was pruned is not known any more: its repeat would be a new event.
    if (last !== undefined && site.clockAheadMs === aheadMs && restMs === 0)
      await sendEvent(last, { url: () => site.url, token: TOKEN });
  }

  async function all(): Promise<void> {
    // The tag ends in the 0 that the oracle gives its only member.
    for (let index = 1; !state.isOver; index++) {
      await liveAndDie(`d${index}x0`);
      await Promise.race([over.promise, delay(restMs)]);
    }
  }

  const ended = all();
  return {
    remains,
    get forgotten() {
      return state.forgotten;
    },
    async stop() {
      state.isOver = true;
      over.resolve();
      await ended;
    },
  };
}

function kindAt(place: number, isTaught: boolean, random: () => number): 'l' | 'u' | 'r' | 'f' {
  if (place === 0) return 'f';
  if (isTaught && random() < 0.2) return 'r';
  return random() < 0.3 ? 'u' : 'l';
}

/** The forgotten members of whom something stands in the database's files. */
export function tracesOf(tags: Iterable<string>, database: string): readonly string[] {
  const files = [database, `${database}-wal`].filter((file) => existsSync(file)).map((file) => readFileSync(file));
  return [...tags].filter((tag) =>
    files.some((bytes) => bytes.includes(emailOf(tag)) || bytes.includes(customerIdOf(tag))),
  );
}
