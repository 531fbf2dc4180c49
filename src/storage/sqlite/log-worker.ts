import { parentPort, workerData } from 'node:worker_threads';
import type { LogAnswer, LogQuestion, LogWorkerData } from './log-messages.ts';
import { type LogReads, logReads } from './log-reads.ts';
import { openToRead } from './open-database.ts';
import { readError } from './store-error.ts';

// The entry of a worker thread: it answers reads on a connection of its own, so that a slow one never stalls intake.
const { path } = workerData as LogWorkerData;
let reads: LogReads | null = null;

parentPort?.on('message', (question: LogQuestion) => parentPort?.postMessage(answer(question)));

/** Opens with the first read, and again with the next one when that failed: the database may come later. */
function answer({ id, read, args }: LogQuestion): LogAnswer {
  try {
    reads ??= logReads(openToRead(path));
    const find = reads[read] as (...args: readonly unknown[]) => unknown;
    return { id, ok: true, found: find(...args) };
  } catch (error) {
    const { code, message } = readError(error, path);
    return { id, ok: false, code, message };
  }
}
