import type { Database } from 'better-sqlite3';
import type { RoutedEvent } from '../../core/delivery.ts';
import type { Applied, SettledWaiting, Store } from '../../ports/store.ts';
import { acceptance } from './accept.ts';
import { attempting } from './attempts.ts';
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
import { routing } from './routes.ts';
import { storeError } from './store-error.ts';
import { openTables, type Tables } from './tables.ts';
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
    const group = new GroupCommit(db, path, tables.reset);
    return {
      ...asLog(logReads(db), path),
      ...reads(db, path),
      ...transitions(tables, group, opening),
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
function reads(db: Database, path: string): Reads {
  return {
    claimEvents: promised(eventClaims(db), path),
    expiredClaims: promised(expiries(db), path),
    pendingDestinations: promised(pendingDestinations(db), path),
    dueWaiting: promised(dueWaitings(db), path),
    checkpoint: promised(checkpointReader(db), path),
  };
}

type Transitions = Omit<Store, keyof Reads | keyof ReturnType<typeof asLog> | 'close'>;

function transitions(tables: Tables, group: GroupCommit, opening: Opening): Transitions {
  const deliveries = openDeliveries(tables);
  const accept = acceptance(tables);
  const route: (routed: RoutedEvent, nowMs: number) => Applied = routing(tables, deliveries);
  const wait: (settled: SettledWaiting, nowMs: number) => Applied = waitings(tables, deliveries);
  const attempt = attempting(tables);
  const claim = claiming(tables.db, opening.id);
  const load = loads(tables.db);
  const learn = learning(tables);
  const { remember } = tables.versions;
  return {
    accept: (items) => group.submit({ items, apply: accept, refuse: (error) => ({ ok: false, error }) }),
    settleRoutes: (items, nowMs) => group.submit({ items, apply: (one) => route(one, nowMs) }),
    settleAttempts: (items) => group.submit({ items, apply: attempt }),
    settleWaiting: (items, nowMs) => group.submit({ items, apply: (one) => wait(one, nowMs) }),
    claimDeliveries: async (one) => (await group.submit({ items: [one], apply: claim })).flat(),
    learn: async (lessons, checkpoint, nowMs) =>
      (await group.submit({ items: [{ lessons, checkpoint, nowMs }], apply: learn })).flat(),
    rememberMappings: async (items, nowMs) =>
      void (await group.submit({ items, apply: (one) => remember(one, nowMs) })),
    recordLoad: async (files, receipt) =>
      void (await group.submit({ items: [receipt], apply: (one) => load(files, one) })),
    probe: async (nowMs) => void (await group.submit({ items: [nowMs], apply: opening.beat })),
  };
}
