import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/system.ts';

const LONG_MS = 60_000;
const HINT = Symbol('hint');

describe('sleeping', () => {
  it('ends after its time, and leaves no listener behind', async () => {
    const controller = new AbortController();
    await systemClock.sleep(1, controller.signal);
    controller.abort(HINT);
  });

  it.each(['before', 'while'])('ends at once with the reason of a signal that aborts %s it sleeps', async (when) => {
    const controller = new AbortController();
    if (when === 'before') controller.abort(HINT);
    const sleeping = systemClock.sleep(LONG_MS, controller.signal);
    controller.abort(HINT);
    await expect(sleeping).rejects.toBe(HINT);
  });
});
