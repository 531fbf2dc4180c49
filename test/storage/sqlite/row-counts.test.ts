import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/storage/sqlite/migrate.ts';
import { storeOn } from '../../../src/storage/sqlite/sqlite-store.ts';
import { T0 } from '../../conformance/store/drafts.ts';
import { Player } from '../../conformance/store/history-player.ts';
import { anyStep } from '../../conformance/store/history-steps.ts';
import { miscounts, rowTexts } from '../../support/miscounts.ts';

const anyHistory = fc.array(anyStep, { minLength: 5, maxLength: 30 });

describe('what is counted while rows are written', () => {
  it('is what counting the rows gives, and every lane has its first pending delivery at its head', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (steps) => {
        const db = new Database(':memory:');
        migrate(db, ':memory:');
        const store = storeOn(db, { path: ':memory:', nowMs: T0, lock: null });
        const player = new Player(store);
        for (const step of steps) await player.play(step);
        expect(miscounts(db)).toEqual([]);
        expect(rowTexts(db, WRONG_HEADS)).toEqual([]);
        await store.close();
      }),
      { numRuns: 150 },
    );
  });
});

/** Deliveries that are a head and should not be, or the other way round; and final ones that look open. */
const WRONG_HEADS = `SELECT id, status, head, pos, due_ms, owner FROM delivery d
  WHERE head <> (status = 'pending' AND NOT EXISTS (
      SELECT 1 FROM delivery o WHERE o.member = d.member AND o.destination = d.destination AND o.status = 'pending'
        AND o.pos IS NOT NULL AND d.pos IS NOT NULL AND o.pos < d.pos))
    OR (due_ms IS NULL) <> (status NOT IN ('pending', 'waiting'))
    OR (owner IS NOT NULL AND status <> 'pending')`;
