import type { Database } from 'better-sqlite3';
import { type Count, openCounters } from './counters.ts';
import { type Facts, openFacts } from './facts.ts';
import { type Members, openMembers } from './identifier.ts';
import { type Lanes, openLanes } from './lanes.ts';
import { type Names, openNames } from './names.ts';
import { openTimeBlocks, type TimeBlocks } from './time-blocks.ts';
import { openVersions, type Versions } from './versions.ts';

/** What the transitions share: one database, and the small tables that more than one of them writes. */
export interface Tables {
  readonly db: Database;
  readonly names: Names;
  readonly members: Members;
  readonly facts: Facts;
  readonly versions: Versions;
  readonly lanes: Lanes;
  readonly count: Count;
  readonly times: TimeBlocks;
  /** Drops what memory learned from rows that are gone again. */
  reset(): void;
}

/** Opens what the transitions share. */
export function openTables(db: Database): Tables {
  const names = openNames(db);
  const members = openMembers(db, names);
  const versions = openVersions(db, names);
  const times = openTimeBlocks(db);
  return {
    db,
    names,
    members,
    facts: openFacts(db, names),
    versions,
    lanes: openLanes(db),
    count: openCounters(db),
    times,
    reset() {
      for (const { reset } of [names, members, versions, times]) reset();
    },
  };
}
