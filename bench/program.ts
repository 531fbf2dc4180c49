import type { Child } from './child.ts';

/** How a program reads its command line. */
export interface Program<Options> {
  readonly usage: string;
  /** Null = help was asked for. Throws an Error that names the option at fault. */
  readonly optionsOf: (args: readonly string[]) => Options | null;
  /** What it does; resolves with its exit code: 1 when something was lost, 0 otherwise. */
  readonly run: (options: Options) => Promise<number>;
}

/** Runs a program on this process's command line and sets the exit code; 2 = it could not run. */
export async function runProgram<Options>({ usage, optionsOf, run }: Program<Options>): Promise<void> {
  try {
    const options = optionsOf(process.argv.slice(2));
    if (options === null) say(usage);
    else process.exitCode = await run(options);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

/** Writes a line. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Does something with processes that end with it, also when the bench is told to end: what runs fails, and cleans up. */
export async function withChildren<Result>(children: readonly Child[], act: () => Promise<Result>): Promise<Result> {
  const stop = () => Promise.all(children.map((child) => child.stop()));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await act();
  } finally {
    await stop();
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}
