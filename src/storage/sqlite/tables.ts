import type { Database } from 'better-sqlite3';
import { type Count, openCounters } from './counters.ts';
import { type Facts, openFacts } from './facts.ts';
import { type Members, openMembers } from './identifier.ts';
import { type Lanes, openLanes } from './lanes.ts';
import { type Names, openNames } from './names.ts';
import { type NoteTime, openTimeBlocks } from './time-blocks.ts';
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
  readonly noteTime: NoteTime;
}

/** Opens what the transitions share. */
export function openTables(db: Database): Tables {
  const names = openNames(db);
  return {
    db,
    names,
    members: openMembers(db, names),
    facts: openFacts(db, names),
    versions: openVersions(db, names),
    lanes: openLanes(db),
    count: openCounters(db),
    noteTime: openTimeBlocks(db),
  };
}
