import { Worker } from 'node:worker_threads';
import { PointsmanError } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { LogAnswer, LogQuestion, LogWorkerData } from './log-messages.ts';

/**
 * Opens the log for reading on a worker thread with a connection of its own. The thread starts with the first read;
 * when it crashes, its reads reject with `STORE_FAILED` and the next read starts another. Reads reject as
 * `openSqliteLog` throws.
 */
export function openSqliteLogInWorker(path: string): Log & { close(): Promise<void> } {
  const worker = new LogWorker(path);
  return {
    deliveries: (...args) => worker.ask('deliveries', args),
    deadCauses: (...args) => worker.ask('deadCauses', args),
    delivery: (...args) => worker.ask('delivery', args),
    events: (...args) => worker.ask('events', args),
    event: (...args) => worker.ask('event', args),
    runnableEvents: (...args) => worker.ask('runnableEvents', args),
    facts: (...args) => worker.ask('facts', args),
    factRows: (...args) => worker.ask('factRows', args),
    names: (...args) => worker.ask('names', args),
    unmatchedNames: (...args) => worker.ask('unmatchedNames', args),
    receipts: (...args) => worker.ask('receipts', args),
    lastGoodFiles: (...args) => worker.ask('lastGoodFiles', args),
    stats: (...args) => worker.ask('stats', args),
    gauges: (...args) => worker.ask('gauges', args),
    pauses: (...args) => worker.ask('pauses', args),
    close: () => worker.close(),
  };
}

interface Asked {
  readonly resolve: (found: never) => void;
  readonly reject: (error: Error) => void;
}

/** Compiled, the worker is JavaScript; in a checkout Node runs the TypeScript itself. */
const WORKER_URL = new URL(import.meta.url.endsWith('.ts') ? './log-worker.ts' : './log-worker.js', import.meta.url);

class LogWorker {
  readonly #path: string;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | null = null;
  #lastId = 0;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  ask<Name extends keyof Log>(read: Name, args: Parameters<Log[Name]>): ReturnType<Log[Name]> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new PointsmanError('STORE_FAILED', 'The log is closed'));
      this.#worker ??= this.#start();
      this.#lastId += 1;
      const question: LogQuestion = { id: this.#lastId, read, args };
      this.#worker.postMessage(question);
      this.#asked.set(question.id, { resolve, reject });
    }) as ReturnType<Log[Name]>;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const data: LogWorkerData = { path: this.#path };
    const worker = new Worker(WORKER_URL, { workerData: data });
    let cause: unknown = null;
    worker.on('message', (answer: LogAnswer) => this.#settle(answer));
    // An 'exit' always follows, which is where the readers are told.
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#lose(cause));
    return worker;
  }

  #settle(answer: LogAnswer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (answer.ok) asked?.resolve(answer.found as never);
    else asked?.reject(new PointsmanError(answer.code, answer.message));
  }

  /** Everything asked of the lost thread fails; nothing else was asked, since another starts only after this. */
  #lose(cause: unknown): void {
    const lost = [...this.#asked.values()];
    this.#asked.clear();
    this.#worker = null;
    const message = `The thread that reads ${this.#path} ended; the next read starts another`;
    for (const { reject } of lost) reject(new PointsmanError('STORE_FAILED', message, { cause }));
  }
}
