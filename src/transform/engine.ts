import type { TransformEngine, TransformJob, TransformResult } from '../ports/transform-engine.ts';
import type { Failure } from './failure.ts';
import { InlineEngine } from './inline/inline-engine.ts';
import { programKey } from './protocol.ts';
import { DEATHS_TO_QUARANTINE, Quarantine } from './quarantine.ts';
import { type DeathCode, type RunEnd, startThread } from './thread.ts';
import { type Chunk, createThreadQueue, type Slot, type ThreadQueue } from './thread-queue.ts';

/** How transforms run. */
export interface TransformEngineOptions {
  /** How long one job may take, in ms; start-up and compilation of its mapping do not count. */
  readonly deadlineMs: number;
  /** Worker threads in regular use; one more starts for jobs that killed theirs. */
  readonly workers: number;
  /** Called once when a mapping's version is set aside. */
  readonly onQuarantine?: (mappingVersion: string, mappingId: string) => void;
}

/** Fewer jobs than this are not worth a second thread. */
const LEAST_CHUNK = 8;

/** A job that dies this often is given up. */
const DEATHS_TO_GIVE_UP = 2;

/** Builds the engine; its threads start with the first job that needs one. Close it to end them. */
export function createTransformEngine(options: TransformEngineOptions): TransformEngine {
  return new ThreadEngine(options);
}

class ThreadEngine implements TransformEngine {
  readonly #options: TransformEngineOptions;
  readonly #quarantine = new Quarantine();
  /** Where everything runs that has not killed a thread. */
  readonly #regular: ThreadQueue;
  /** Where suspects run, each chunk in a thread of its own, so that they delay nobody else. */
  readonly #apart: ThreadQueue;
  readonly #open = new Set<Slot>();
  readonly #inline = new InlineEngine();
  #closing: Promise<void> | null = null;

  constructor(options: TransformEngineOptions) {
    this.#options = options;
    const shared = {
      admit: (chunk: Chunk) => chunk.filter((slot) => this.#admit(slot)),
      ended: (chunk: Chunk, end: RunEnd) => this.#ended(chunk, end),
    };
    this.#regular = createThreadQueue({
      ...shared,
      start: () => startThread(options.deadlineMs, false),
      size: Math.max(1, options.workers),
      fresh: false,
    });
    this.#apart = createThreadQueue({
      ...shared,
      start: () => startThread(options.deadlineMs, true),
      size: 1,
      fresh: true,
    });
  }

  runInline(job: TransformJob): TransformResult | null {
    if (this.#closing || this.#quarantine.holds(job.mapping)) return null;
    const result = this.#inline.run(job);
    if (result !== null) this.#quarantine.survived(job.mapping);
    return result;
  }

  run(jobs: readonly TransformJob[]): Promise<readonly TransformResult[]> {
    if (this.#closing) return Promise.resolve(jobs.map(() => closed()));
    const results = jobs.map((job) => this.runInline(job));
    const left = jobs.filter((_, index) => results[index] === null);
    const promises = this.#runInWorkers(left).values();
    return Promise.all(results.map((result) => result ?? promises.next().value ?? closed()));
  }

  #runInWorkers(jobs: readonly TransformJob[]): readonly Promise<TransformResult>[] {
    const promises: Promise<TransformResult>[] = [];
    const regular: Slot[] = [];
    const suspects: Slot[] = [];
    for (const job of jobs) {
      const { promise, resolve } = Promise.withResolvers<TransformResult>();
      const slot: Slot = { job, key: programKey(job.mapping), deaths: 0, settle: resolve };
      promises.push(promise);
      this.#open.add(slot);
      (this.#quarantine.suspects(job.mapping) ? suspects : regular).push(slot);
    }
    for (const chunk of slices(regular, this.#options.workers)) this.#regular.add(chunk);
    this.#setApart(suspects);
    return promises;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const gone = Promise.all([this.#regular.close(), this.#apart.close()]);
    for (const slot of this.#open) this.#settle(slot, closed());
    await gone;
  }

  #admit(slot: Slot): boolean {
    const { mapping } = slot.job;
    if (!this.#quarantine.holds(mapping)) return true;
    const message = `Mapping ${mapping.id} is set aside: its last ${DEATHS_TO_QUARANTINE} runs had to be killed.`;
    this.#settle(slot, { kind: 'failed', code: 'TRANSFORM_QUARANTINED', message, path: null });
    return false;
  }

  #ended(chunk: Chunk, end: RunEnd): void {
    if (this.#closing) return;
    if (end.kind === 'died') {
      this.#buryChunk(chunk, end);
      return;
    }
    for (const [index, slot] of chunk.entries()) {
      const result = end.results[index] ?? failure('TRANSFORM_CRASHED', 'The worker gave no result.');
      if (result.kind === 'failed' && result.code === 'TRANSFORM_TIMEOUT') {
        this.#bury(slot, { ...result, message: this.#explain(result.code) });
      } else {
        this.#quarantine.survived(slot.job.mapping);
        this.#settle(slot, result);
      }
    }
  }

  /** The culprit runs again alone; jobs of its mapping wait for that outcome, all others run again at once. */
  #buryChunk(chunk: Chunk, end: Extract<RunEnd, { kind: 'died' }>): void {
    const culprit = end.culprit === null ? null : chunk[end.culprit];
    const dead = failure(end.code, this.#explain(end.code));
    if (!culprit) {
      for (const slot of chunk) this.#bury(slot, dead);
      return;
    }
    this.#bury(culprit, dead);
    const others = chunk.filter((slot) => slot !== culprit);
    const innocent = others.filter((slot) => slot.key !== culprit.key);
    if (innocent.length > 0) this.#regular.add(innocent, true);
    this.#setApart(others.filter((slot) => slot.key === culprit.key));
  }

  #bury(slot: Slot, dead: Failure): void {
    slot.deaths += 1;
    if (slot.deaths < DEATHS_TO_GIVE_UP) {
      this.#apart.add([slot]);
      return;
    }
    const { mapping } = slot.job;
    if (this.#quarantine.died(mapping)) this.#options.onQuarantine?.(mapping.version, mapping.id);
    this.#settle(slot, dead);
  }

  /** One chunk per mapping, so that one suspect does not kill another's jobs. */
  #setApart(slots: readonly Slot[]): void {
    for (const chunk of Map.groupBy(slots, (slot) => slot.key).values()) this.#apart.add(chunk);
  }

  #settle(slot: Slot, result: TransformResult): void {
    slot.settle(result);
    this.#open.delete(slot);
  }

  #explain(code: DeathCode): string {
    const twice = 'twice, the second time alone';
    if (code === 'TRANSFORM_TIMEOUT') return `It did not end within ${this.#options.deadlineMs} ms, ${twice}.`;
    if (code === 'TRANSFORM_MEMORY') return `It used up the memory of its worker, ${twice}.`;
    return `Its worker died unexpectedly, ${twice}.`;
  }
}

function failure(code: DeathCode, message: string): Failure {
  return { kind: 'failed', code, message, path: null };
}

function closed(): Failure {
  return failure('TRANSFORM_CRASHED', 'The transform engine is closed.');
}

function slices(slots: readonly Slot[], workers: number): Chunk[] {
  const size = Math.max(LEAST_CHUNK, Math.ceil(slots.length / Math.max(1, workers)));
  const chunks: Chunk[] = [];
  for (let start = 0; start < slots.length; start += size) chunks.push(slots.slice(start, start + size));
  return chunks;
}
