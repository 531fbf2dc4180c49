import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Pin } from './args.ts';
import { monotonicMs } from './clock.ts';

/** The processors in use; null = the operating system chooses. */
export interface Pinning {
  readonly server: number | null;
  readonly around: number | null;
}

/** Part of util-linux: there on most Linux machines. */
const TASKSET = 'taskset';
const SYNCED_WRITES = 200;

/** Pins this process next to load and sink, where `taskset` and both processors are there. */
export function pin(wanted: Pin): Pinning {
  const unpinned = { server: null, around: null };
  if (wanted === null || availableParallelism() < 2) return unpinned;
  const [server, around] = wanted;
  const works = (args: readonly string[]) => spawnSync(TASKSET, args).status === 0;
  if (!works(['-c', String(server), 'true'])) return unpinned;
  if (!works(['-a', '-c', '-p', String(around), String(process.pid)])) return unpinned;
  return { server, around };
}

/** One line about the machine: sizes only, no names. */
export function machineLine(cores: number, { server, around }: Pinning): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const where = server === null ? 'nothing pinned' : `server on cpu ${server}, load and sink on cpu ${around}`;
  return `${cores} cores, ${memory}, Node ${process.version}; ${where}; ${syncedWritesPerSecond()} synced writes/s`;
}

/** How often the disk of the temporary folder really syncs in a second: a folder in memory shows here. */
function syncedWritesPerSecond(): number {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-bench-'));
  const file = openSync(join(dir, 'synced'), 'w');
  const page = Buffer.alloc(4096, 1);
  const startedAt = monotonicMs();
  for (let written = 0; written < SYNCED_WRITES; written++) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const seconds = (monotonicMs() - startedAt) / 1000;
  closeSync(file);
  rmSync(dir, { recursive: true });
  return Math.round(SYNCED_WRITES / seconds);
}
