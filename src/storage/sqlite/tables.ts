import type { Database } from 'better-sqlite3';
import { type Blocks, openBlocks } from './blocks.ts';
import { Counters } from './counters.ts';
import { type Erased, openErased } from './erased.ts';
import { type Facts, openFacts } from './facts.ts';
import { type Members, openMembers } from './identifier.ts';
import { Keys } from './keys.ts';
import { type Lanes, openLanes } from './lanes.ts';
import { type Names, openNames } from './names.ts';
import type { OpenClaims } from './open-claims.ts';
import { openTimeBlocks, type TimeBlocks } from './time-blocks.ts';
import { openUnmatched, type Unmatched } from './unmatched.ts';
import { openVersions, type Versions } from './versions.ts';

/** What the transitions share: one database, and the small tables that more than one of them writes. */
export interface Tables {
  readonly db: Database;
  readonly keys: { readonly event: Keys; readonly delivery: Keys };
  readonly names: Names;
  readonly members: Members;
  readonly facts: Facts;
  readonly versions: Versions;
  readonly lanes: Lanes;
  readonly erased: Erased;
  readonly counters: Counters;
  readonly unmatched: Unmatched;
  readonly blocks: Blocks;
  readonly times: TimeBlocks;
  readonly openClaims: OpenClaims;
  /** Writes what was counted in memory: before the commit, or before the savepoint of what was counted is released. */
  flush(): void;
  /** Drops what memory counted or learned from rows that are gone again. */
  reset(): void;
}

/** Opens what the transitions share. */
export function openTables(db: Database): Tables {
  const names = openNames(db);
  const members = openMembers(db, names);
  const keys = { event: new Keys(db, 'event'), delivery: new Keys(db, 'delivery') };
  const [versions, erased] = [openVersions(db, names), openErased(db)];
  const sums = { counters: new Counters(db), unmatched: openUnmatched(db), blocks: openBlocks(db) };
  const times = openTimeBlocks(db);
  const openClaims: OpenClaims = new Map();
  const counted = [sums.counters, sums.unmatched, sums.blocks, times];
  const learned = [names, members, versions, erased, keys.event, keys.delivery, ...counted];
  return {
    ...{ db, keys, names, members, versions, erased, ...sums, times, openClaims },
    facts: openFacts(db, names),
    lanes: openLanes(db),
    flush() {
      for (const one of counted) one.flush();
    },
    reset() {
      for (const one of learned) one.reset();
      openClaims.clear();
    },
  };
}
