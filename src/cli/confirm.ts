import { createInterface } from 'node:readline/promises';
import { PointsmanError } from '../core/errors.ts';

/** The option of every command that asks before it acts. */
export const YES_OPTION = ['--yes', 'do not ask first'] as const;

/**
 * Whether a person says yes, or said so with `--yes`. Throws `CLI_USAGE` when nobody can be asked.
 *
 * @param question a whole sentence that ends in a question mark.
 */
export async function isConfirmed(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new PointsmanError('CLI_USAGE', 'Nobody is there to confirm it: add --yes');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
