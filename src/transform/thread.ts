import { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../core/errors.ts';
import type { TransformJob, TransformResult } from '../ports/transform-engine.ts';
import type { ProgramSource } from './program.ts';
import { programKey, type RunAnswer, type RunMessage, type ThreadData } from './protocol.ts';

/** How a run ended: with results, or with the thread's death while job `culprit` ran (null = before any job began). */
export type RunEnd =
  | { readonly kind: 'done'; readonly results: readonly TransformResult[] }
  | { readonly kind: 'died'; readonly code: DeathCode; readonly culprit: number | null };

/** Why a thread died. */
export type DeathCode = Extract<ErrorCode, 'TRANSFORM_TIMEOUT' | 'TRANSFORM_MEMORY' | 'TRANSFORM_CRASHED'>;

/** A worker thread that runs one chunk at a time and is killed when a job overruns its deadline. */
export interface Thread {
  readonly alive: boolean;
  /** Runs a chunk. Never rejects. */
  run(jobs: readonly TransformJob[]): Promise<RunEnd>;
  /** Ends the thread, whatever it does; resolves when it has gone. */
  end(): Promise<void>;
}

/** CONTRACT §6; V8 adds the young generation to it. */
const OLD_GENERATION_MB = 64;
const YOUNG_GENERATION_MB = 16;

/** Beyond this the programs sent are dropped and sent anew: a long life with many edits must not fill the thread. */
const MOST_PROGRAMS = 500;

/** How long a thread may take to start and to compile, before its first job. */
const SETUP_LIMIT_MS = 15_000;

/** An overrun must be seen this often, so that a process which was itself asleep kills nobody. */
const LEAST_SIGHTINGS = 3;

/** Starts a thread; work given to it at once waits until it is up. A `yielding` one gives way to all others. */
export function startThread(deadlineMs: number, yielding: boolean): Thread {
  return new WorkerThread(deadlineMs, yielding);
}

class WorkerThread implements Thread {
  readonly #worker: Worker;
  readonly #running: Int32Array;
  readonly #deadlineMs: number;
  readonly #sent = new Set<string>();
  #finish: ((end: RunEnd) => void) | null = null;
  alive = true;

  constructor(deadlineMs: number, yielding: boolean) {
    this.#deadlineMs = deadlineMs;
    const progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#running = new Int32Array(progress);
    this.#worker = new Worker(workerUrl(), {
      workerData: { deadlineMs, progress, yielding } satisfies ThreadData,
      // Formulas have no business with the environment or with the flags of the process.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MB, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.on('message', (results: RunAnswer) => this.#settle({ kind: 'done', results }));
    this.#worker.on('error', (error: Error & { readonly code?: string }) => {
      this.#die(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'TRANSFORM_MEMORY' : 'TRANSFORM_CRASHED');
    });
    this.#worker.on('exit', () => this.#die('TRANSFORM_CRASHED'));
    // An idle thread keeps no process alive; a busy one does, because someone waits for it.
    this.#worker.unref();
  }

  run(jobs: readonly TransformJob[]): Promise<RunEnd> {
    if (!this.alive) return Promise.resolve({ kind: 'died', code: 'TRANSFORM_CRASHED', culprit: null });
    const { promise, resolve } = Promise.withResolvers<RunEnd>();
    this.#worker.ref();
    const watch = this.#watch();
    this.#finish = (end) => {
      clearInterval(watch);
      this.#worker.unref();
      resolve(end);
    };
    try {
      this.#worker.postMessage(this.#message(jobs));
    } catch {
      this.#die('TRANSFORM_CRASHED');
    }
    return promise;
  }

  async end(): Promise<void> {
    const gone = this.#worker.terminate();
    this.#die('TRANSFORM_CRASHED');
    await gone;
  }

  #message(jobs: readonly TransformJob[]): RunMessage {
    const forget = this.#sent.size > MOST_PROGRAMS;
    if (forget) this.#sent.clear();
    const programs: [string, ProgramSource][] = [];
    for (const { mapping } of jobs) {
      const key = programKey(mapping);
      if (this.#sent.has(key)) continue;
      this.#sent.add(key);
      const { when, each, member, transform } = mapping;
      programs.push([key, { when, each, member, transform }]);
    }
    return {
      forget,
      programs,
      jobs: jobs.map(({ mapping, input: { parsed: _, ...input }, lookups, trace }) => {
        return { program: programKey(mapping), input, lookups, trace };
      }),
    };
  }

  /** Looks now and then at which job runs: cheaper than a message per job, and late by one look at most. */
  #watch(): NodeJS.Timeout {
    const lookEveryMs = Math.max(5, Math.ceil(this.#deadlineMs / 10));
    let seen = { job: 0, sinceMs: performance.now(), times: 0 };
    const timer = setInterval(() => {
      const job = Atomics.load(this.#running, 0);
      const nowMs = performance.now();
      if (job !== seen.job) seen = { job, sinceMs: nowMs, times: 0 };
      seen.times += 1;
      const limitMs = job === 0 ? SETUP_LIMIT_MS : this.#deadlineMs;
      if (nowMs - seen.sinceMs < limitMs || seen.times < LEAST_SIGHTINGS) return;
      void this.#worker.terminate();
      this.#die(job === 0 ? 'TRANSFORM_CRASHED' : 'TRANSFORM_TIMEOUT');
    }, lookEveryMs);
    return timer.unref();
  }

  #die(code: DeathCode): void {
    this.alive = false;
    const job = Atomics.load(this.#running, 0);
    this.#settle({ kind: 'died', code, culprit: job === 0 ? null : job - 1 });
  }

  #settle(end: RunEnd): void {
    const finish = this.#finish;
    this.#finish = null;
    finish?.(end);
  }
}

/** Sources run as they are, the published package as compiled. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
}
