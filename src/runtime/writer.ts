import type { Config } from '../config/config.ts';
import type { Learned, LearnRequest } from '../pipeline/learn.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { DeliveringWriter } from './delivering-writer.ts';

/** Writes to the durable state: through the running server, or to the store itself where none runs. */
export interface Writer {
  /** Where it writes, for people. */
  readonly where: string;
  learn(request: LearnRequest): Promise<Learned>;
  /** What was kept under this name; null when nothing was. */
  checkpoint(name: string): Promise<string | null>;
  readonly delivering: DeliveringWriter;
  close(): Promise<void>;
}

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
