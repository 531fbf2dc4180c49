import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ARMED, CLOCK_AHEAD, CLOCK_STEP, HIT_FILE } from './points.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const FAILPOINTS = new URL('./failpoints.ts', import.meta.url).href;

/** How a process ended. */
interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr. */
  readonly errors: string;
}

/** A real `pointsman serve` in its own process. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves with the address once it listens; rejects when it ends before. */
  readonly listening: Promise<string>;
  readonly ended: Promise<Ended>;
  /** Asks for a reload. */
  hangUp(): void;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** What a process is made to meet. */
export interface Ordeal {
  /** Points that kill it, after how many passes. */
  readonly armed: ReadonlyMap<string, number>;
  /** Takes the name of the point that killed it. */
  readonly hitFile: string;
  /** How far its clock is ahead of the machine's, in ms. */
  readonly clockAheadMs: number;
  /** How often its clock jumps eleven minutes ahead, in ms; never unless told. */
  readonly clockStepEveryMs?: number;
}

/** Starts `pointsman serve -c config`, or another script with the same arguments. */
export function startServerProcess(config: string, ordeal: Ordeal | null = null, script = MAIN): ServerProcess {
  const preload = ordeal === null ? [] : ['--import', FAILPOINTS];
  const child = spawn(process.execPath, [...preload, script, 'serve', '-c', config, '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(ordeal && environmentOf(ordeal)) },
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const ended = once(child, 'exit').then(
    ([code, signal]): Ended => ({ code, signal, errors: errors.join('').slice(-2_000) }),
  );
  const listening = Promise.race([
    firstAddress(child),
    ended.then(({ code, signal, errors: text }) => {
      throw new Error(`serve ended with ${code ?? signal}: ${text}`);
    }),
  ]);
  // Whoever kills it while it starts does not ask.
  listening.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    listening,
    ended,
    hangUp: () => void child.kill('SIGHUP'),
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

function environmentOf({ armed, hitFile, clockAheadMs, clockStepEveryMs = 0 }: Ordeal): Record<string, string> {
  const points = [...armed].map(([point, passes]) => `${point}=${passes}`).join(';');
  return {
    [ARMED]: points,
    [HIT_FILE]: hitFile,
    [CLOCK_AHEAD]: String(clockAheadMs),
    [CLOCK_STEP]: String(clockStepEveryMs),
  };
}

async function firstAddress(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no stdout');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^listening (\S+)$/.exec(line)?.[1];
    if (address) return address;
  }
  return new Promise(() => undefined);
}
