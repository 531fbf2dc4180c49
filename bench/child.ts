import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a process is started. */
export interface Start {
  /** The program's URL. */
  readonly file: string;
  readonly args?: readonly string[];
  /** The processor it may run on; null = any. */
  readonly cpu: number | null;
  /** The folder that Node writes a processor profile of each thread to; null = none is taken. */
  readonly profileDir?: string | null;
}

/** A program of this folder in a process of its own, which talks by messages and ends when the bench does. */
export interface Child {
  readonly pid: number;
  /** Resolves with the next message it sends; rejects when it ends instead. */
  next<Reply>(): Promise<Reply>;
  /** Asks it something and waits for the answer. One question at a time. */
  ask<Reply>(question: object): Promise<Reply>;
  /** Ends it. Resolves when it is gone. */
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 25_000;

/** Starts a program of this folder. */
export function startChild(start: Start): Child {
  const child = spawnNode(start, ['ignore', 'inherit', 'inherit', 'ipc']);
  const next = <Reply>(question?: object) => nextMessage<Reply>(child, { file: basename(start.file), question });
  return {
    pid: child.pid ?? 0,
    next: () => next(),
    ask: (question) => next(question),
    stop: () => stopProcess(child),
  };
}

/** Starts Node on a file, pinned where asked: `taskset` becomes Node itself, so the pid is Node's. */
export function spawnNode({ file, args = [], cpu, profileDir = null }: Start, stdio: StdioOptions): ChildProcess {
  const profiling = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const node = [process.execPath, ...profiling, fileURLToPath(file), ...args];
  const [program = '', ...rest] = cpu === null ? node : ['taskset', '-c', String(cpu), ...node];
  return spawn(program, rest, { stdio, serialization: 'advanced' });
}

/** Asks a process to end, kills it when it does not, and waits until it is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  if (child.connected) child.disconnect();
  else child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
}

interface Awaited {
  readonly file: string;
  readonly question: object | undefined;
}

function nextMessage<Reply>(child: ChildProcess, { file, question }: Awaited): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const settle = (message: unknown) => {
      child.off('exit', fail);
      resolve(message as Reply);
    };
    const fail = () => {
      child.off('message', settle);
      reject(new Error(`${file} ended`));
    };
    child.once('message', settle).once('exit', fail);
    if (question) child.send(question, (error) => error && fail());
  });
}
