import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from './clock.ts';

const LOOK_EVERY_MS = 5;
/** How long nothing may move before the rest counts as lost. */
const STANDSTILL_MS = 15_000;

/** When the count reached its goal, on the monotonic clock; NaN when it stood still too long. */
export async function reached(
  goal: number,
  count: () => Promise<number>,
  everyMs: number = LOOK_EVERY_MS,
): Promise<number> {
  let last = -1;
  for (let movedAt = monotonicMs(); monotonicMs() - movedAt < STANDSTILL_MS; await sleep(everyMs)) {
    const now = await count();
    if (now >= goal) return monotonicMs();
    if (now !== last) movedAt = monotonicMs();
    last = now;
  }
  return Number.NaN;
}
