/**
 * Preloaded into `pointsman serve` (`node --import`): kills its own process at a named point. It wraps what the product
 * stands on (SQLite, undici, the one class through which transitions are committed); the product knows nothing of it.
 */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { Pool } from 'undici';
import { GroupCommit, type Work } from '../../src/storage/sqlite/group-commit.ts';
import { ARMED, CLOCK_AHEAD, CLOCK_STEP, HIT_FILE } from './points.ts';

/** Longer than the retention leaves between two looks. */
const STEP_MS = 11 * 60 * 1_000;

const armed = new Map<string, number>();
/** What the transaction that is open did. */
const done = new Set<string>();

if (isMainThread) {
  for (const one of (process.env[ARMED] ?? '').split(';').filter((text) => text !== '')) {
    const [point = '', passes = '1'] = one.split('=');
    armed.set(point, Number(passes));
  }
  setClock(Number(process.env[CLOCK_AHEAD] ?? 0), Number(process.env[CLOCK_STEP] ?? 0));
  watchTransitions();
  watchStatements();
  watchMigration();
  watchCalls();
}

/** As if the machine had slept between two lives, or for a while in this one: what is an hour old is pruned in minutes. */
function setClock(aheadMs: number, stepEveryMs: number): void {
  const { now } = Date;
  let ahead = aheadMs;
  Date.now = () => now() + ahead;
  if (stepEveryMs === 0) return;
  setInterval(() => {
    ahead += STEP_MS;
  }, stepEveryMs).unref();
}

/** A point is passed: the process dies when it is armed and its time has come. Nothing runs after the signal. */
function pass(point: string): void {
  const left = armed.get(point);
  if (left === undefined) return;
  armed.set(point, left - 1);
  if (left > 1) return;
  writeFileSync(process.env[HIT_FILE] ?? '/dev/null', point);
  process.kill(process.pid, 'SIGKILL');
}

/** Which transitions a commit holds: their names are those of the port's methods. */
function watchTransitions(): void {
  const submit = GroupCommit.prototype.submit;
  GroupCommit.prototype.submit = function <Item, Result>(this: GroupCommit, work: Work<Item, Result>) {
    const name = transitionIn(new Error('for its stack').stack ?? '');
    const apply = (item: Item, isGuarded: boolean): Result => {
      const result = work.apply(item, isGuarded);
      for (const tag of tagsOf(name, item, result)) done.add(tag);
      return result;
    };
    return submit.call(this, { ...work, apply } as Work<unknown, unknown>) as Promise<readonly Result[]>;
  } as typeof submit;
}

const METHOD =
  /at (?:async )?(?:Object\.)?(accept|settle\w+|claimDeliveries|skipDeliveries|releaseDeliveries|pause|resume|learn|rememberMappings|recordLoad|probe|createReplay|changeReplay|redeliverStep|reprocessStep|prune|tidy|beginForgetting|forgetStep) /;

function transitionIn(stack: string): string {
  return METHOD.exec(stack)?.[1] ?? 'unknown';
}

interface Told {
  readonly routed?: unknown;
  readonly claimed?: readonly unknown[];
  readonly decision?: { readonly kind: string };
  readonly attempt?: { readonly detail: string | null } | null;
  readonly kind?: string;
  readonly cause?: string;
  readonly lessons?: readonly unknown[];
  readonly detail?: string;
  readonly stage?: string;
  readonly replay?: { readonly status: string };
  readonly events?: number;
}

/** What is told apart of one transition. */
function tagsOf(name: string, item: unknown, result: unknown): readonly string[] {
  const given = (typeof item === 'object' && item !== null ? item : {}) as Told;
  const got = (typeof result === 'object' && result !== null ? result : {}) as Told;
  const claimed = (got.claimed?.length ?? 0) > 0 ? [`${name} claimed`] : [];
  if (name === 'accept') return [given.routed === null ? name : `${name} routed`, ...claimed];
  if (name === 'settleRoutes') return [name, ...claimed];
  if (name === 'claimDeliveries') return Array.isArray(result) && result.length > 0 ? [name] : [];
  if (name === 'settleAttempts') return attemptTags(given);
  if (name === 'settleWaiting') return [`${name} ${given.kind}`];
  if (name === 'pause') return [`${name} ${given.cause}`];
  if (name === 'learn') return (given.lessons?.length ?? 0) > 0 ? ['learn facts'] : [];
  if (name === 'recordLoad')
    return [`${name} ${JSON.parse(given.detail ?? '{}').trigger === 'start' ? 'start' : 'file'}`];
  if (name === 'forgetStep') return got.stage === undefined ? [] : [`${name} ${got.stage}`];
  if (/^re(deliver|process)Step$/.test(name))
    return got.replay === undefined ? [] : [got.replay.status === 'done' ? `${name} done` : name];
  if (name === 'prune') return (got.events ?? 0) > 0 ? [name] : [];
  return [name];
}

function attemptTags({ decision, attempt }: Told): readonly string[] {
  const isRecovered = attempt?.detail === 'The process ended while it was being sent';
  return [isRecovered ? 'recover' : `settleAttempts ${decision?.kind}`];
}

/** Commits, and the statements that are a commit of their own. */
function watchStatements(): void {
  const { prepare, pragma } = Database.prototype;
  Database.prototype.prepare = function (this: Database.Database, sql: string) {
    const statement = prepare.call(this, sql);
    if (sql === 'BEGIN IMMEDIATE') around(statement, 'run', () => done.clear());
    if (sql === 'COMMIT') around(statement, 'run', passAll('before'), passAll('after'));
    if (sql.startsWith('INSERT INTO opening'))
      around(
        statement,
        'get',
        () => pass('before opening'),
        () => pass('after opening'),
      );
    return statement;
  } as typeof prepare;
  Database.prototype.pragma = function (this: Database.Database, source: string, options?: Database.PragmaOptions) {
    const name = source.startsWith('incremental_vacuum')
      ? 'compact'
      : /^wal_checkpoint/.test(source)
        ? 'checkpoint'
        : null;
    if (name !== null) pass(`before ${name}`);
    const result = pragma.call(this, source, options);
    if (name !== null) pass(`after ${name}`);
    return result;
  };
}

function passAll(when: string): () => void {
  return () => {
    for (const tag of done) pass(`${when} ${tag}`);
  };
}

type Method = (...args: unknown[]) => unknown;

function around(statement: object, method: string, before: () => void, after: () => void = () => undefined): void {
  const run = Reflect.get(statement, method) as Method;
  Reflect.set(statement, method, (...args: unknown[]) => {
    before();
    const result = run.apply(statement, args);
    after();
    return result;
  });
}

/** The first start: a point before each statement of the migrations, and on both sides of their commit. */
function watchMigration(): void {
  const { exec, transaction } = Database.prototype;
  Database.prototype.exec = function (this: Database.Database, sql: string) {
    if (!/CREATE TABLE/.test(sql)) return exec.call(this, sql);
    for (const [index, one] of statementsOf(sql).entries()) {
      pass(`migration ${index}`);
      exec.call(this, one);
    }
    return this;
  };
  Database.prototype.transaction = function (this: Database.Database, act: Method) {
    const prepared = transaction.call(this, (...args: unknown[]) => {
      const result = act(...args);
      pass('before migration commit');
      return result;
    });
    const watched = (...args: unknown[]): unknown => {
      const result = prepared.immediate(...args);
      pass('after migration commit');
      return result;
    };
    return Object.assign((...args: unknown[]) => prepared(...args), { immediate: watched });
  } as unknown as typeof transaction;
}

function statementsOf(sql: string): readonly string[] {
  return sql.match(/(?:--[^\n]*|[^;-]|-(?!-))*;/g) ?? [sql];
}

function watchCalls(): void {
  const { dispatch } = Pool.prototype;
  Pool.prototype.dispatch = function (this: Pool, options, handler) {
    const call = callIn(options.path);
    const { onBodySent, onResponseEnd } = handler as Record<string, Method>;
    Object.assign(handler, {
      onBodySent: (...args: unknown[]) => {
        onBodySent?.apply(handler, args);
        // The socket has it in the turn after this one.
        setImmediate(() => pass(`after send ${call}`));
      },
      onResponseEnd: (...args: unknown[]) => {
        pass(`after answer ${call}`);
        onResponseEnd?.apply(handler, args);
      },
    });
    pass(`before send ${call}`);
    return dispatch.call(this, options, handler);
  };
}

function callIn(path: string): string {
  if (path.endsWith('/system/time')) return 'probe';
  if (path.endsWith('/batch')) return 'batch';
  return path.startsWith('/track/') ? 'single' : 'http';
}
