import type { Database } from 'better-sqlite3';
import type { Forgetting, Upkeep } from '../../ports/upkeep.ts';
import { type Forgetter, forgetting } from './forget.ts';
import type { GroupCommit } from './group-commit.ts';
import { hastening } from './hasten.ts';
import { openKnownMembers } from './known-members.ts';
import { promised } from './log-reads.ts';
import { pruning, tidying } from './prune.ts';
import { openReplayRows } from './replay-rows.ts';
import type { Tables } from './tables.ts';

/** What upkeep stands on. */
export interface UpkeepParts {
  readonly tables: Tables;
  readonly group: GroupCommit;
  readonly path: string;
  /** This process life. */
  readonly owner: number;
}

/** Prepares what keeps the store small and lawful. */
export function upkeep({ tables, group, path, owner }: UpkeepParts): Upkeep {
  const { db } = tables;
  const replays = openReplayRows(db);
  const prune = pruning(tables, replays);
  const tidy = tidying(tables);
  const hasten = hastening(db);
  const forgetter = forgetting(tables, replays, owner);
  const empty = promised(() => emptyLog(db), path);
  return {
    prune: (order) => group.submitOne(order, prune),
    tidy: (part) => group.submitOne(part, tidy),
    compact: promised((pages) => compact(db, pages), path),
    hasten: (after, nowMs) => group.submitOne(after, () => hasten(after, nowMs)),
    knownMembers: promised(openKnownMembers(db).find, path),
    beginForgetting: (members) => group.submitOne(members, forgetter.begin),
    forgettings: promised(forgetter.all, path),
    forgetStep: (id, limit, nowMs) => forgetStep({ id, limit, nowMs }, { group, forgetter, empty }),
  };
}

interface ForgetTools {
  readonly group: GroupCommit;
  readonly forgetter: Forgetter;
  /** Whether the write-ahead log is empty afterwards. */
  readonly empty: () => Promise<boolean>;
}

async function forgetStep(
  { id, limit, nowMs }: { readonly id: number; readonly limit: number; readonly nowMs: number },
  { group, forgetter, empty }: ForgetTools,
): Promise<Forgetting | null> {
  const stepped = await group.submitOne(id, () => forgetter.step(id, limit, nowMs));
  if (stepped?.stage !== 'purging') return stepped;
  if (!(await empty())) return { ...stepped, isHeldUp: true };
  return group.submitOne(id, forgetter.end);
}

/** What was overwritten in the database still stands in its write-ahead log, until that begins anew from nothing. */
function emptyLog(db: Database): boolean {
  const timeoutMs = Number(db.pragma('busy_timeout', { simple: true }));
  // A reader in mid-statement is no reason to stop intake: it is asked again.
  db.pragma('busy_timeout = 0');
  try {
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
    return result?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${timeoutMs}`);
  }
}

function compact(db: Database, pages: number): number {
  db.pragma(`incremental_vacuum(${pages})`);
  return Number(db.pragma('freelist_count', { simple: true }));
}
