import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { createMemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { eventDraft, T0 } from '../../conformance/store/drafts.ts';
import { Player } from '../../conformance/store/history-player.ts';
import { anyStep, type Step } from '../../conformance/store/history-steps.ts';
import { temporaryFolder } from './temporary.ts';

const someSteps = fc.array(anyStep, { minLength: 5, maxLength: 25 });
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
          expect(await seenOf(real)).toEqual(await seenOf(model));
        });
      }),
      { numRuns: 150 },
    );
  });

  it('goes on alike when SQLite is closed and opened again in the middle of it', async () => {
    await fc.assert(
      fc.asyncProperty(someSteps, someSteps, async (before, after) => {
        const [model, path] = [createMemoryStore(), join(temporaryFolder(), 'pointsman.db')];
        const time = { nowMs: T0 };
        const expected = new Player(model, time);
        const first = openSqliteStore({ path, nowMs: T0 });
        await playBoth(before, new Player(first, { ...time }), expected);
        await first.close();
        const second = openSqliteStore({ path, nowMs: time.nowMs });
        expect(await seenOf(second)).toEqual(await seenOf(model));
        // What was handed out to be routed is handed out anew, so nothing is routed in order from here on.
        const later: readonly Step[] = [{ do: 'recover', all: true }, ...after.filter((step) => step.do !== 'route')];
        await playBoth(later, new Player(second, { ...time }), new Player(model, time));
        expect(await seenOf(second)).toEqual(await seenOf(model));
        await second.close();
      }),
      { numRuns: 40 },
    );
  });
});

/** Without the numbers of its attempts: those of erased ones may be given again. */
async function detailOf(store: Store, id: number): Promise<unknown> {
  const detail = await store.delivery(id);
  return detail && { ...detail, attemptLog: detail.attemptLog.map(({ id: _id, ...attempt }) => attempt) };
}

async function playBoth(steps: readonly Step[], actual: Player, expected: Player): Promise<void> {
  for (const step of steps) expect(await actual.play(step)).toEqual(await expected.play(step));
}

/** All that is to be seen of a store but its deliveries' list and its bytes on disk. */
async function seenOf(store: Store): Promise<unknown> {
  const { items } = await store.deliveries({}, EVERYTHING);
  const { bytes: _bytes, ...gauges } = await store.gauges();
  return {
    details: await Promise.all(items.map(({ id }) => detailOf(store, id))),
    claims: await store.expiredClaims(0, 200, true),
    events: await store.events({}, EVERYTHING),
    facts: await store.factRows({}, EVERYTHING),
    pauses: await store.pauses(0),
    stats: await store.stats(T0),
    causes: await store.deadCauses({}),
    mappings: await store.names('mapping'),
    unmatched: await store.unmatchedNames(9),
    destinations: await store.pendingDestinations(),
    gauges,
  };
}

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
          expect(await real.accept(drafts, [])).toEqual(await model.accept(drafts, []));
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

async function withSqlite(use: (store: Store) => Promise<void>): Promise<void> {
  const store = openSqliteStore({ path: ':memory:', nowMs: T0 });
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
