import { expect, test } from 'vitest';
import type { Logger } from '../../src/ports/logger.ts';
import { startWorkLoop } from '../../src/runtime/work-loop.ts';

/** A clock whose sleepers wait until they are woken by hand. */
function handClock() {
  const sleepers: (() => void)[] = [];
  return {
    sleepers,
    now: () => 0,
    random: () => 0,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.push(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason));
        if (signal?.aborted) reject(signal.reason);
      }),
  };
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const turn = () => new Promise((resolve) => setImmediate(resolve));

function start(step: () => Promise<number>) {
  const clock = handClock();
  const stop = new AbortController();
  const loop = startWorkLoop({ name: 'test', step, pollMs: 1_000, clock, log: silent, signal: stop.signal });
  return { clock, stop, loop };
}

test('it works on without a pause while there is work, then rests', async () => {
  const left = [2, 1, 0, 0];
  let steps = 0;
  const { clock, stop, loop } = start(async () => left[steps++] ?? 0);
  await turn();
  expect(steps).toBe(3);
  expect(clock.sleepers).toHaveLength(1);
  stop.abort();
  await loop.ended;
});

test('polling alone finds work, and a hint finds it at once', async () => {
  let steps = 0;
  const { clock, stop, loop } = start(async () => {
    steps++;
    return 0;
  });
  await turn();
  clock.sleepers.pop()?.();
  await turn();
  expect(steps).toBe(2);
  loop.wake();
  await turn();
  expect(steps).toBe(3);
  stop.abort();
  await loop.ended;
});

test('a hint that comes during a step is not lost', async () => {
  let steps = 0;
  const { stop, loop } = start(async () => {
    steps++;
    if (steps === 2) loop.wake();
    return 0;
  });
  await turn();
  loop.wake();
  await turn();
  expect(steps).toBe(3);
  stop.abort();
  await loop.ended;
});

test('a failed step is tried again after a rest', async () => {
  let steps = 0;
  const { clock, stop, loop } = start(async () => {
    if (steps++ === 0) throw new Error('the disk is full');
    return 0;
  });
  await turn();
  expect(steps).toBe(1);
  clock.sleepers.pop()?.();
  await turn();
  expect(steps).toBe(2);
  stop.abort();
  await loop.ended;
});
