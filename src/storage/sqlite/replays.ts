import type { Database } from 'better-sqlite3';
import { NOTHING_REPLAYED, type ReplayMode, sumOfCounts } from '../../core/replay.ts';
import type {
  KeyWindow,
  ReplayChoice,
  ReplayCount,
  ReplayedEvents,
  ReplayStep,
  ReplayStore,
  ReprocessedEvent,
} from '../../ports/replays.ts';
import type { Deliveries } from './deliveries.ts';
import type { GroupCommit } from './group-commit.ts';
import { promised } from './log-reads.ts';
import { redelivery } from './redeliver.ts';
import { replayKeys } from './replay-keys.ts';
import { openReplayRows, type ReplayRows } from './replay-rows.ts';
import { replayedEventReader, reprocessed } from './reprocess.ts';
import type { Tables } from './tables.ts';

/** What stored replays stand on. */
export interface ReplayParts {
  readonly tables: Tables;
  readonly deliveries: Deliveries;
  readonly group: GroupCommit;
  readonly path: string;
}

/** Prepares replays: reads of committed rows, and steps that share a commit with their progress. */
export function replaying(parts: ReplayParts): ReplayStore {
  const { tables, group, path } = parts;
  const { db } = tables;
  const rows = openReplayRows(db);
  const redeliver = redeliverer(parts, rows);
  const reprocess = reprocessor(parts, rows);
  return {
    replayEnd: promised(lastKeys(db), path),
    countReplay: promised(counter(db), path),
    replayedEvents: promised(eventReader(db), path),
    replay: promised(rows.find, path),
    replays: promised(rows.list, path),
    runningReplays: promised(rows.running, path),
    createReplay: (order) => group.submitOne(order, rows.create),
    changeReplay: (id, action, nowMs) => group.submitOne(id, () => rows.change(id, action, nowMs)),
    redeliverStep: (id, limit, nowMs) => group.submitOne(id, () => redeliver(id, limit, nowMs)),
    reprocessStep: (id, made, rest, nowMs) => group.submitOne(id, () => reprocess(id, made, rest, nowMs)),
  };
}

function lastKeys(db: Database): (mode: ReplayMode) => number {
  const delivery = db.prepare<[], number | null>('SELECT max(id) FROM delivery').pluck();
  const event = db.prepare<[], number | null>('SELECT max(id) FROM event').pluck();
  return (mode) => (mode === 'redeliver' ? delivery : event).get() ?? 0;
}

/** Keys that one count may find: a few ms. */
const MOST_COUNTED = 4_096;

function counter(db: Database): (choice: ReplayChoice, window: KeyWindow) => ReplayCount {
  const find = replayKeys(db);
  const without = db
    .prepare<[string], number>(
      `SELECT count(*) FROM json_each(?) u
       WHERE NOT EXISTS (SELECT 1 FROM frozen WHERE delivery = u.value AND request IS NOT NULL)`,
    )
    .pluck();
  return (choice, window) => {
    const { keys, rest } = find(choice, window, MOST_COUNTED);
    const refused = choice.mode === 'redeliver' ? (without.get(JSON.stringify(keys)) ?? 0) : 0;
    return { chosen: keys.length, refused, rest };
  };
}

function eventReader(db: Database): (choice: ReplayChoice, window: KeyWindow, limit: number) => ReplayedEvents {
  const find = replayKeys(db);
  const read = replayedEventReader(db);
  return (choice, window, limit) => {
    const { keys, rest } = find(choice, window, limit);
    return { events: read(keys), rest };
  };
}

function redeliverer(
  { tables }: ReplayParts,
  rows: ReplayRows,
): (id: number, limit: number, nowMs: number) => ReplayStep | null {
  const find = replayKeys(tables.db);
  const again = redelivery(tables);
  return (id, limit, nowMs) => {
    const replay = rows.find(id);
    if (replay?.status !== 'running' || replay.mode !== 'redeliver') return null;
    const { keys, rest } = find(replay, replay, limit);
    const counts = keys.map((key) => again(key, nowMs)).reduce(sumOfCounts, NOTHING_REPLAYED);
    return { replay: rows.goOn(replay, counts, rest, nowMs), isHeldUp: false };
  };
}

function reprocessor(
  { tables, deliveries }: ReplayParts,
  rows: ReplayRows,
): (id: number, made: readonly ReprocessedEvent[], rest: KeyWindow | null, nowMs: number) => ReplayStep | null {
  const write = reprocessed(tables, deliveries);
  return (id, made, rest, nowMs) => {
    const replay = rows.find(id);
    if (replay?.status !== 'running' || replay.mode !== 'reprocess') return null;
    let counts = NOTHING_REPLAYED;
    for (const [index, one] of made.entries()) {
      const own = write(one, replay, nowMs);
      if (own === null) {
        const after = made[index - 1]?.eventId ?? replay.after;
        return { replay: rows.goOn(replay, counts, { after, upTo: replay.upTo }, nowMs), isHeldUp: true };
      }
      counts = sumOfCounts(counts, own);
    }
    return { replay: rows.goOn(replay, counts, rest, nowMs), isHeldUp: false };
  };
}
