import type { Database } from 'better-sqlite3';
import {
  NOTHING_REPLAYED,
  type ReplayAction,
  type ReplayCounts,
  type ReplayMode,
  type ReplayStatus,
  statusAfter,
  sumOfCounts,
} from '../../core/replay.ts';
import type { Page, PageRequest } from '../../ports/log.ts';
import type { KeyWindow, Replay, ReplayOrder, ReplaySelection } from '../../ports/replays.ts';

/** The rows of replays. */
export interface ReplayRows {
  find(id: number): Replay | null;
  list(page: PageRequest): Page<Replay>;
  /** Oldest first. */
  running(): readonly Replay[];
  /** Those that have something left to do, paused ones included. */
  unfinished(): readonly Replay[];
  /** Only inside a transaction, as all below. */
  create(order: ReplayOrder): Replay;
  /** Null when there is none such, or it ended. */
  change(id: number, action: ReplayAction, nowMs: number): Replay | null;
  /** Adds what a step did; without a rest, the replay is done. */
  goOn(replay: Replay, counts: ReplayCounts, rest: KeyWindow | null, nowMs: number): Replay;
}

interface Row extends ReplayCounts {
  readonly id: number;
  readonly mode: ReplayMode;
  /** JSON. */
  readonly selection: string;
  readonly mapping: string | null;
  readonly ratePerSecond: number | null;
  readonly status: ReplayStatus;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly upTo: number;
  readonly after: number;
  readonly total: number;
}

const COLUMNS = `id, mode, selection, mapping, rate AS ratePerSecond, status, created_ms AS createdAtMs,
  changed_ms AS changedAtMs, last_key AS upTo, position AS after, total, looked, replayed, changed, unchanged, canceled,
  refused`;

const LONGEST_PAGE = 200;

/** Opens the replays of this database. */
export function openReplayRows(db: Database): ReplayRows {
  const find = db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM replay WHERE id = ?`);
  const page = db.prepare<[number, number], Row>(`SELECT ${COLUMNS} FROM replay WHERE id < ? ORDER BY id DESC LIMIT ?`);
  const unfinished = db.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM replay INDEXED BY replay_running WHERE status IN ('running', 'paused') ORDER BY id`,
  );
  const write = rowWriter(db);
  const byId = (id: number): Replay | null => {
    const row = find.get(id);
    return row ? replayOf(row) : null;
  };
  const open = () => unfinished.all().map(replayOf);
  return {
    find: byId,
    list({ before, limit }) {
      const size = Math.min(limit, LONGEST_PAGE);
      const rows = page.all(before ?? Number.MAX_SAFE_INTEGER, size + 1).map(replayOf);
      const items = rows.slice(0, size);
      return { items, nextBefore: rows.length > size ? (items.at(-1)?.id ?? null) : null };
    },
    unfinished: open,
    running: () => open().filter(({ status }) => status === 'running'),
    create: write.create,
    change(id, action, nowMs) {
      const replay = byId(id);
      const status = replay ? statusAfter(replay.status, action) : null;
      if (!replay || status === null) return null;
      return write.keep({ ...replay, status, changedAtMs: nowMs });
    },
    goOn(replay, counts, rest, nowMs) {
      const status = rest === null ? 'done' : replay.status;
      const after = rest?.after ?? replay.upTo;
      return write.keep({ ...replay, ...sumOfCounts(replay, counts), after, status, changedAtMs: nowMs });
    },
  };
}

function rowWriter(db: Database): { create(order: ReplayOrder): Replay; keep(replay: Replay): Replay } {
  const insert = db.prepare(
    `INSERT INTO replay (mode, selection, mapping, rate, status, created_ms, changed_ms, last_key, position, total,
       looked, replayed, changed, unchanged, canceled, refused)
     VALUES (?, ?, ?, ?, 'running', ?, ?, ?, 0, ?, 0, 0, 0, 0, 0, 0)`,
  );
  const update = db.prepare(
    `UPDATE replay SET status = ?, changed_ms = ?, position = ?, looked = ?, replayed = ?, changed = ?, unchanged = ?,
       canceled = ?, refused = ? WHERE id = ?`,
  );
  return {
    create({ nowMs, ...order }) {
      const { mode, selection, mapping, ratePerSecond, upTo, total } = order;
      const text = JSON.stringify(selection);
      const { lastInsertRowid } = insert.run(mode, text, mapping, ratePerSecond, nowMs, nowMs, upTo, total);
      const times = { createdAtMs: nowMs, changedAtMs: nowMs };
      return { ...order, ...NOTHING_REPLAYED, ...times, id: Number(lastInsertRowid), after: 0, status: 'running' };
    },
    keep(replay) {
      const { id, status, changedAtMs, after, looked, replayed, changed, unchanged, canceled, refused } = replay;
      update.run(status, changedAtMs, after, looked, replayed, changed, unchanged, canceled, refused, id);
      return replay;
    },
  };
}

function replayOf({ selection, ...row }: Row): Replay {
  return { ...row, selection: JSON.parse(selection) as ReplaySelection };
}
