import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `pointsman ARGS` as its own process, without the colours of a terminal. */
export function pointsman(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const settings = {
      maxBuffer: 64 * 1024 * 1024,
      cwd: options.cwd ?? process.cwd(),
      env: { PATH: process.env['PATH'], ...options.env },
    };
    const child = execFile(process.execPath, [MAIN, ...args], settings, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    child.stdin?.end(options.input ?? '');
  });
}
