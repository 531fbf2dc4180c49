import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** A real `pointsman serve` in its own process. */
export interface ServerProcess {
  /** Resolves with the address once it listens; rejects when it ends before. */
  readonly listening: Promise<string>;
  /** Asks for a reload. */
  hangUp(): void;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts `pointsman serve -c config`. */
export function startServerProcess(config: string): ServerProcess {
  const child = spawn(process.execPath, [MAIN, 'serve', '-c', config, '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const ended = once(child, 'exit');
  return {
    listening: Promise.race([
      firstAddress(child),
      ended.then(([code, signal]) => {
        throw new Error(`serve ended with ${code ?? signal}: ${errors.join('').slice(-2_000)}`);
      }),
    ]),
    hangUp: () => void child.kill('SIGHUP'),
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
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
