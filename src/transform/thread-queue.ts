import type { TransformJob, TransformResult } from '../ports/transform-engine.ts';
import type { RunEnd, Thread } from './thread.ts';

/** A job on its way through the engine. */
export interface Slot {
  readonly job: TransformJob;
  readonly key: string;
  /** Runs of this job that killed their thread. */
  deaths: number;
  /** Gives the caller its result. */
  settle(result: TransformResult): void;
}

/** Jobs that run together, in order. */
export type Chunk = readonly Slot[];

/** What a queue needs of its surroundings. */
export interface ThreadQueueOptions {
  /** Chunks that run at once. */
  readonly size: number;
  /** Whether each chunk gets a thread that has run nothing before. */
  readonly fresh: boolean;
  start(): Thread;
  /** The part of a chunk that may still run, asked just before it does. */
  admit(chunk: Chunk): Chunk;
  /** Called when a chunk has ended. */
  ended(chunk: Chunk, end: RunEnd): void;
}

/** Threads with a queue before them. */
export interface ThreadQueue {
  /** Queues a chunk; with `first`, before all others. */
  add(chunk: Chunk, first?: boolean): void;
  /** Forgets what is queued and ends all threads. */
  close(): Promise<void>;
}

/** Builds a queue. Its threads start when they are needed; unless every chunk gets a fresh one, dead ones are replaced. */
export function createThreadQueue(options: ThreadQueueOptions): ThreadQueue {
  return new WorkerQueue(options);
}

class WorkerQueue implements ThreadQueue {
  readonly #options: ThreadQueueOptions;
  readonly #queue: Chunk[] = [];
  readonly #idle: Thread[] = [];
  readonly #all = new Set<Thread>();
  readonly #ending = new Set<Promise<void>>();
  #busy = 0;
  #closed = false;

  constructor(options: ThreadQueueOptions) {
    this.#options = options;
  }

  add(chunk: Chunk, first = false): void {
    if (first) this.#queue.unshift(chunk);
    else this.#queue.push(chunk);
    this.#dispatch();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.length = 0;
    for (const thread of this.#all) this.#end(thread);
    await Promise.all(this.#ending);
  }

  #dispatch(): void {
    while (!this.#closed && this.#busy < this.#options.size) {
      const queued = this.#queue.shift();
      if (!queued) return;
      const chunk = this.#options.admit(queued);
      if (chunk.length > 0) void this.#run(chunk);
    }
  }

  async #run(chunk: Chunk): Promise<void> {
    this.#busy += 1;
    const thread = this.#take();
    const end = await thread.run(chunk.map((slot) => slot.job));
    this.#busy -= 1;
    this.#putBack(thread);
    this.#options.ended(chunk, end);
    this.#dispatch();
  }

  /** An idle thread may have died unseen; it is thrown away. */
  #take(): Thread {
    for (let thread = this.#idle.pop(); thread; thread = this.#idle.pop()) {
      if (thread.alive) return thread;
      this.#end(thread);
    }
    return this.#start();
  }

  /** A dead thread's successor starts at once, so that the next chunk does not wait for it. */
  #putBack(thread: Thread): void {
    if (thread.alive && !this.#options.fresh) {
      this.#idle.push(thread);
      return;
    }
    this.#end(thread);
    if (!this.#closed && !this.#options.fresh) this.#idle.push(this.#start());
  }

  #start(): Thread {
    const thread = this.#options.start();
    this.#all.add(thread);
    return thread;
  }

  #end(thread: Thread): void {
    this.#all.delete(thread);
    const gone = thread.end().finally(() => this.#ending.delete(gone));
    this.#ending.add(gone);
  }
}
