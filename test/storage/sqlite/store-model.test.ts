import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryRow } from '../../../src/ports/log.ts';
import type { Store } from '../../../src/ports/store.ts';
import { createMemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { eventDraft, T0 } from '../../conformance/store/drafts.ts';
import { anyStep, Player, type Step } from '../../conformance/store/random-history.ts';

const EVERYTHING = { before: null, limit: 200 } as const;

describe('any history of transitions', () => {
  it('answers alike in memory and in SQLite, step by step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40 }), async (steps) => {
        const model = createMemoryStore();
        await withSqlite(async (real) => {
          const [expected, actual] = [new Player(model), new Player(real)];
          for (const step of steps) {
            expect(await actual.play(step)).toEqual(await expected.play(step));
            expect(await real.deliveries({}, EVERYTHING)).toEqual(await model.deliveries({}, EVERYTHING));
          }
          expect(await real.events({}, EVERYTHING)).toEqual(await model.events({}, EVERYTHING));
          expect(await real.factRows({}, EVERYTHING)).toEqual(await model.factRows({}, EVERYTHING));
          expect(await real.stats(T0)).toEqual(await model.stats(T0));
          expect(await real.unmatchedNames(9)).toEqual(await model.unmatchedNames(9));
        });
      }),
      { numRuns: 150 },
    );
  });

  it('keeps every lane in order, with one delivery in flight', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 60 }), async (steps) => {
        await withSqlite(async (store) => {
          const lanes = await playWatching(store, steps);
          for (const ids of lanes.values()) expect(ids).toEqual([...ids].sort((left, right) => left - right));
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('any identifiers', () => {
  const piece = fc.constantFrom('Germany/', 'email:', 'a', 'b', 'A', '/', ':', '7b6d6f4e-6f1f-4d0e-9a53-1b8f0f0c2d11');
  const text = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  const member = fc.record({ member: text, aliases: fc.array(text, { maxLength: 3 }) });

  it('are found alike in memory and in SQLite: whole, in part, by their start', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 5 }), fc.array(text), async (members, asked) => {
        const model = createMemoryStore();
        await withSqlite(async (real) => {
          const drafts = members.map((one, index) => eventDraft(`m-${index}`, one));
          expect(await real.accept(drafts)).toEqual(await model.accept(drafts));
          for (const known of [...asked, ...members.flatMap((one) => [one.member, ...one.aliases])]) {
            const filter = { member: known };
            expect(await real.events(filter, EVERYTHING), known).toEqual(await model.events(filter, EVERYTHING));
            const q = known.slice(0, -1);
            expect(await real.events({ q }, EVERYTHING), q).toEqual(await model.events({ q }, EVERYTHING));
          }
        });
      }),
      { numRuns: 150 },
    );
  });
});

/** Plays the steps; returns per lane the deliveries in the order of their first claims, less those that waited first. */
async function playWatching(store: Store, steps: readonly Step[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const player = new Player(store);
  const waited = new Set<number>();
  const firstClaims = new Map<string, number[]>();
  for (const step of steps) {
    await player.play(step);
    const { items } = await store.deliveries({}, EVERYTHING);
    for (const { id, status } of items) if (status === 'waiting') waited.add(id);
    const claimed = new Set((await store.expiredClaims(0, 200, true)).map(({ id }) => id));
    const inFlight = items.filter((row) => claimed.has(row.id) && row.mapping === 'tier-change' && row.member !== null);
    expect(new Set(inFlight.map(laneOf)).size).toBe(inFlight.length);
    for (const row of inFlight.filter(({ id }) => !waited.has(id))) {
      const ids = firstClaims.get(laneOf(row)) ?? [];
      if (!ids.includes(row.id)) firstClaims.set(laneOf(row), [...ids, row.id]);
    }
  }
  return firstClaims;
}

function laneOf({ member, destination }: DeliveryRow): string {
  return JSON.stringify([member, destination]);
}

async function withSqlite(use: (store: Store) => Promise<void>): Promise<void> {
  const store = openSqliteStore({ path: ':memory:', nowMs: T0 });
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
