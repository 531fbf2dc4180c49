import { describe, expect, it } from 'vitest';
import { skippedIn, watchClock } from '../../src/pipeline/clock-watch.ts';
import { createMemoryStore } from '../../src/storage/memory/memory-store.ts';
import { acceptRouted, claim, deliveryDraft, T0 } from '../conformance/store/drafts.ts';
import { createSilentLogger } from '../support/silent-logger.ts';

const silent = createSilentLogger();

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

function watched(startMs = T0) {
  const raw = { nowMs: startMs };
  const watch = watchClock({ now: () => raw.nowMs, random: () => 0.5, sleep: async () => {} });
  return { raw, watch };
}

describe('watching the clock', () => {
  it('tells the same time, and notices a jump the moment anybody asks', () => {
    const { raw, watch } = watched();
    raw.nowMs += YEAR_MS;
    expect(watch.clock.now()).toBe(T0 + YEAR_MS);
    expect(skippedIn(watch, T0 - 5, T0 + YEAR_MS + 5)).toBe(YEAR_MS);
  });

  it('knows of the jump after a restart, and lets nothing age while nothing ran', async () => {
    const store = createMemoryStore();
    const { raw, watch } = watched();
    await watch.begin({ store });
    raw.nowMs += YEAR_MS;
    await watch.step({ store, log: silent, onHastened: () => {} });
    const next = watched(T0 + YEAR_MS + 600_000);
    await next.watch.begin({ store });
    expect(skippedIn(next.watch, T0, T0 + YEAR_MS + 600_000)).toBe(YEAR_MS + 600_000);
  });

  it('makes due what a clock set back would let wait, once', async () => {
    const store = createMemoryStore();
    const { raw, watch } = watched();
    await acceptRouted(store, 'm-1', [deliveryDraft({ dueAtMs: T0 + YEAR_MS })]);
    let hints = 0;
    const tools = { store, log: silent, onHastened: () => void hints++ };
    raw.nowMs -= 600_000;
    await watch.step(tools);
    await watch.step(tools);
    expect(hints).toBe(1);
    expect(await claim(store, { nowMs: T0 - 600_000 })).toHaveLength(1);
  });

  it('makes it due as well when the clock was set back while nothing ran', async () => {
    const store = createMemoryStore();
    await watched(T0 + YEAR_MS).watch.step({ store, log: silent, onHastened: () => {} });
    await acceptRouted(store, 'm-1', [deliveryDraft({ dueAtMs: T0 + YEAR_MS })]);
    const { watch } = watched(T0);
    await watch.begin({ store });
    await watch.step({ store, log: silent, onHastened: () => {} });
    expect(await claim(store, { nowMs: T0 })).toHaveLength(1);
  });
});
