import type { Config } from '../config/config.ts';
import { createLogger } from '../runtime/logger.ts';
import { openWriter } from '../runtime/open-writer.ts';
import { environment, systemClock } from '../runtime/system.ts';
import type { Writer } from '../runtime/writer.ts';
import { say, styled } from './terminal.ts';

/** The `--url` option of every command that writes. */
export const URL_OPTION = ['--url <url>', "the running server's address; unless told, the config's"] as const;

/** What help says about writing. */
export const WRITING_HELP = `
Writes through the running server (--url, with the admin token of POINTSMAN_TOKEN; both default to the config's), or to
the database itself when no server runs.`;

/** The options such a command gets. */
export interface WriterOption {
  readonly config: string;
  readonly url?: string;
}

/** Runs with a writer, through the running server or on the store itself, and closes it. */
export async function withWriter<Result>(
  config: Config,
  { url }: WriterOption,
  use: (writer: Writer) => Promise<Result>,
): Promise<Result> {
  const log = createLogger('warn', process.stderr, systemClock);
  const token = environment['POINTSMAN_TOKEN'] || undefined;
  const writer = await openWriter({ config, url, token, clock: systemClock, log });
  say(styled('dim', `using ${writer.where}`, process.stderr));
  try {
    return await use(writer);
  } finally {
    await writer.close();
  }
}
