import type { Config } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** What choosing a writer needs. */
export interface WriterOptions {
  readonly config: Config;
  /** The server's address; undefined = the one that the config makes it listen on. */
  readonly url?: string | undefined;
  /** The API token; undefined = the first admin's of the config. */
  readonly token?: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}
