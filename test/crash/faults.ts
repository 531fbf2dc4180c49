import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSpec } from '../../src/sandbox/bloomreach/fault.ts';
import type { BloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import { oneOf } from './chance.ts';
import { POISON, TOXIC } from './mapping-texts.ts';

/** Refuses what must never be taken, for good: alone, and with whatever call carries it. */
const FOR_GOOD: readonly FaultSpec[] = [
  { kind: 'refuse', message: 'this event is not wanted', match: { eventType: POISON } },
  { kind: 'status', status: 413, match: { eventType: TOXIC } },
];

/** What is always a little wrong. */
const ALWAYS: readonly FaultSpec[] = [
  { kind: 'latency', ms: 3, jitterMs: 25 },
  { kind: 'status', status: 500, probability: 0.03 },
  { kind: 'status', status: 502, probability: 0.02 },
  { kind: 'reset-before', probability: 0.02 },
  { kind: 'reset-after', probability: 0.03 },
  { kind: 'refuse', message: 'one of the batch', probability: 0 },
];

/** What comes, stays for a while, and goes; times are stretched by a factor. */
const EPISODES: readonly ((ms: number) => FaultSpec)[] = [
  (ms) => ({ kind: 'outage', forMs: 3 * ms }),
  (ms) => ({ kind: 'outage', forMs: 2 * ms, mode: 'reset' }),
  (ms) => ({ kind: 'status', status: 429, forMs: 2 * ms }),
  (ms) => ({ kind: 'status', status: 401, forMs: 2 * ms }),
  (ms) => ({ kind: 'status', status: 403, forMs: 2 * ms }),
  (ms) => ({ kind: 'html', status: 502, forMs: ms }),
  (ms) => ({ kind: 'latency', ms: 250, forMs: 4 * ms }),
  () => ({ kind: 'hang', count: 1 }),
  (ms) => ({ kind: 'results', change: 'reversed', forMs: 4 * ms }),
  (ms) => ({ kind: 'results', change: 'missing', forMs: 2 * ms }),
  (ms) => ({ kind: 'results', change: 'without-ids', forMs: 4 * ms }),
  (ms) => ({ kind: 'results', change: 'extra', forMs: 4 * ms }),
];

/** Faults that come and go. */
export interface Weather {
  /** Only what is refused for good stays. */
  clear(): Promise<void>;
}

/** Lets faults come and go. @param unitMs about how long the short ones stay. */
export function startWeather({ faults }: BloomreachSandbox, random: () => number, unitMs: number): Weather {
  const state = { isOver: false };
  const refuse = () => FOR_GOOD.map((fault) => faults.add(fault));
  refuse();
  for (const fault of ALWAYS) faults.add(fault);
  const changing = change();

  async function change(): Promise<void> {
    while (!state.isOver) {
      await delay(unitMs * 10 * random());
      const episode = oneOf(EPISODES, random);
      if (episode && !state.isOver) faults.add(episode(unitMs * (0.5 + random())));
    }
  }

  return {
    async clear() {
      state.isOver = true;
      await changing;
      faults.clear();
      refuse();
    },
  };
}
