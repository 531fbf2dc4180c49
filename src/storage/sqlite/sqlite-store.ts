import type { Database } from 'better-sqlite3';
import type { Store } from '../../ports/store.ts';
import { acceptance } from './accept.ts';
import { attempting } from './attempts.ts';
import { releasing, skipping } from './by-hand.ts';
import { claiming, expiries, pendingDestinations } from './claims.ts';
import { openDeliveries } from './deliveries.ts';
import { eventClaims } from './event-claims.ts';
import { GroupCommit } from './group-commit.ts';
import { checkpointReader, learning } from './learning.ts';
import { loads } from './loads.ts';
import { asLog, logReads, promised } from './log-reads.ts';
import { IN_MEMORY, openToWrite, resolvedPath } from './open-database.ts';
import { beginOpening, type Opening } from './opening.ts';
import { type OwnerLock, takeOwnerLock } from './owner-lock.ts';
import { pausing, resuming } from './pauses.ts';
import { replaying } from './replays.ts';
import { routing } from './routes.ts';
import { storeError } from './store-error.ts';
import { openTables, type Tables } from './tables.ts';
import { upkeep } from './upkeep.ts';
import { dueWaitings, waitings } from './waiting.ts';

/** Where the database is and when it is opened. */
export interface SqliteStoreOptions {
  /** A file, whose folder is created where needed, or `:memory:`. */
  readonly path: string;
  readonly nowMs: number;
}

/**
 * Opens the store, created and migrated where needed, and takes the right to write it. Throws `STORE_IN_USE`,
 * `STORE_NEWER`, `STORE_UNWRITABLE` or `STORE_FAILED`, naming the path.
 */
export function openSqliteStore({ path: given, nowMs }: SqliteStoreOptions): Store {
  const path = resolvedPath(given);
  const lock = path === IN_MEMORY ? null : takeOwnerLock(path);
  try {
    return storeOn(openToWrite(path), { path, nowMs, lock });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** Builds the store on an open, migrated connection; closes it and the lock with itself, or when it fails to begin. */
export function storeOn(db: Database, at: SqliteStoreOptions & { readonly lock: OwnerLock | null }): Store {
  const { path, nowMs, lock } = at;
  const close = (): void => {
    db.close();
    lock?.release();
  };
  try {
    const opening = beginOpening(db, nowMs);
    const tables = openTables(db);
    const group = new GroupCommit(db, path, tables);
    return {
      ...asLog(logReads(db), path),
      ...reads(tables, path),
      ...hotTransitions(tables, group, opening),
      ...rareTransitions(tables, group, opening),
      ...replaying({ tables, deliveries: openDeliveries(tables, opening.id), group, path }),
      ...upkeep({ tables, group, path, owner: opening.id }),
      close: async () => {
        group.close();
        close();
      },
    };
  } catch (error) {
    close();
    throw storeError(error, path);
  }
}

type Reads = Pick<Store, 'claimEvents' | 'pendingDestinations' | 'expiredClaims' | 'dueWaiting' | 'checkpoint'>;

/** They see committed rows only: no transaction is open between two turns. */
function reads({ db, names }: Tables, path: string): Reads {
  return {
    claimEvents: promised(eventClaims(db), path),
    expiredClaims: promised(expiries(db, names), path),
    pendingDestinations: promised(pendingDestinations(db), path),
    dueWaiting: promised(dueWaitings(db), path),
    checkpoint: promised(checkpointReader(db), path),
  };
}

type HotTransitions = Pick<Store, 'accept' | 'settleRoutes' | 'claimDeliveries' | 'settleAttempts' | 'settleWaiting'>;

/** The way of an event. */
function hotTransitions(tables: Tables, group: GroupCommit, opening: Opening): HotTransitions {
  const deliveries = openDeliveries(tables, opening.id);
  const accept = acceptance(tables, deliveries);
  const route = routing(tables, deliveries);
  const wait = waitings(tables, deliveries);
  const attempt = attempting(tables);
  const claim = claiming(tables, opening.id);
  return {
    accept: (items, offers) =>
      group.submit({ items, apply: (one) => accept(one, offers), refuse: (error) => ({ ok: false, error }) }),
    settleRoutes: (items, nowMs, offers) =>
      // Where a neighbour's failure rejects the call, nobody would learn of the claims.
      group.submit({ items, apply: (one, isGuarded) => route(one, nowMs, isGuarded ? [] : offers) }),
    claimDeliveries: (one) => group.submitOne(one, claim),
    settleAttempts: (items) => group.submit({ items, apply: attempt }),
    settleWaiting: (items, nowMs) => group.submit({ items, apply: (one) => wait(one, nowMs) }),
  };
}

type RareTransitions = Pick<
  Store,
  'skipDeliveries' | 'releaseDeliveries' | 'pause' | 'resume' | 'learn' | 'rememberMappings' | 'recordLoad' | 'probe'
>;

/** What happens beside it. */
function rareTransitions(tables: Tables, group: GroupCommit, opening: Opening): RareTransitions {
  const skip = skipping(tables);
  const release = releasing(tables);
  const pause = pausing(tables.db);
  const resume = resuming(tables.db);
  const load = loads(tables.db);
  const learn = learning(tables);
  const { remember } = tables.versions;
  return {
    skipDeliveries: (items, nowMs) => group.submit({ items, apply: (id) => skip(id, nowMs) }),
    releaseDeliveries: (items, nowMs) => group.submit({ items, apply: (id) => release(id, nowMs) }),
    pause: (one) => group.submitOne(one, pause),
    resume: (of, cause, nowMs) => group.submitOne(of, () => resume(of, cause, nowMs)),
    learn: (lessons, checkpoint, nowMs) => group.submitOne({ lessons, checkpoint, nowMs }, learn),
    rememberMappings: async (items, nowMs) =>
      void (await group.submit({ items, apply: (one) => remember(one, nowMs) })),
    recordLoad: (files, receipt) => group.submitOne(receipt, () => load(files, receipt)),
    probe: (nowMs) => group.submitOne(nowMs, opening.beat),
  };
}
