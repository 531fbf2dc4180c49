import type { Replay } from '../../ports/replays.ts';
import type { Pruned, PruneOrder } from '../../ports/upkeep.ts';
import { BLOCK, type Counted, type CountedLog } from './blocks.ts';
import { erasure } from './erase.ts';
import { replayKeys } from './replay-keys.ts';
import type { ReplayRows } from './replay-rows.ts';
import type { Tables } from './tables.ts';

interface OldRow {
  readonly id: number;
  readonly received_ms: number;
  readonly is_open: 0 | 1;
}

/** Prepares the deletion of old events. Only inside a transaction. */
export function pruning(tables: Tables, replays: ReplayRows): (order: PruneOrder) => Pruned {
  const { db } = tables;
  const block = db
    .prepare<[number, number], number>(
      `SELECT block FROM time_block WHERE log = 'event' AND block >= ? AND min_ms < ? ORDER BY block LIMIT 1`,
    )
    .pluck();
  const next = db.prepare<[number, number, number], OldRow>(
    `SELECT id, received_ms, status = 'accepted' OR EXISTS (
       SELECT 1 FROM delivery INDEXED BY delivery_once WHERE event = e.id AND status IN ('pending', 'waiting')) AS is_open
     FROM event e WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?`,
  );
  const erase = erasure(tables);
  const unfinished = unfinishedReplays(tables, replays);
  return ({ beforeMs, after, limit }) => {
    const found = block.get(Math.floor((after + 1) / BLOCK), beforeMs);
    if (found === undefined) return { looked: 0, events: 0, next: null };
    const last = (found + 1) * BLOCK - 1;
    const isInReplay = unfinished();
    const rows = next.all(Math.max(after + 1, found * BLOCK), last, limit);
    const old = rows.filter((row) => row.received_ms < beforeMs && row.is_open === 0 && !isInReplay(row.id));
    for (const { id } of old) erase.event(id, beforeMs);
    erase.finish();
    return { looked: rows.length, events: old.length, next: rows.length < limit ? last : (rows.at(-1)?.id ?? last) };
  };
}

/** Prepares the question whether a replay that is not finished now has still something to do with an event. */
function unfinishedReplays({ db }: Tables, replays: ReplayRows): () => (event: number) => boolean {
  const find = replayKeys(db);
  const made = db.prepare<[number], number>('SELECT id FROM delivery INDEXED BY delivery_once WHERE event = ?').pluck();
  const isLeft = (replay: Replay, key: number): boolean => {
    if (key <= replay.after || key > replay.upTo) return false;
    return find(replay, { after: key - 1, upTo: key }, 1).keys.length > 0;
  };
  return () => {
    const open = replays.unfinished();
    return (event) =>
      open.some((replay) =>
        (replay.mode === 'redeliver' ? made.all(event) : [event]).some((key) => isLeft(replay, key)),
      );
  };
}

/** What rows are counted by. */
const PARTS: readonly (readonly [CountedLog, Counted])[] = [
  ['event', 'status'],
  ['event', 'name'],
  ['event', 'source'],
  ['delivery', 'status'],
  ['delivery', 'name'],
  ['delivery', 'mapping'],
  ['delivery', 'mapping status'],
  ['delivery', 'destination'],
  ['delivery', 'endpoint'],
];

/**
 * Prepares the deletion of counts that say 0 and of what is known of blocks without rows, of one thing at a time; false
 * after the last. Only inside a transaction.
 */
export function tidying({ db }: Tables): (part: number) => boolean {
  const erase = db.prepare<[CountedLog, Counted]>(
    `DELETE FROM block_count WHERE log = ? AND what = ? AND (n = 0 OR NOT EXISTS (
       SELECT 1 FROM time_block t WHERE t.log = block_count.log AND t.block = block_count.block))`,
  );
  return (part) => {
    const of = PARTS[part];
    if (of) erase.run(...of);
    return part < PARTS.length - 1;
  };
}
