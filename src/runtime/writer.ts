import type { Learned, LearnRequest } from '../pipeline/learn/learn.ts';
import type { DeliveringWriter } from './delivering-writer.ts';
import type { ReplayWriter } from './replay-writer.ts';

/** Writes to the durable state: through the running server, or to the store itself where none runs. */
export interface Writer {
  /** Where it writes, for people. */
  readonly where: string;
  learn(request: LearnRequest): Promise<Learned>;
  /** What was kept under this name; null when nothing was. */
  checkpoint(name: string): Promise<string | null>;
  readonly delivering: DeliveringWriter;
  readonly replays: ReplayWriter;
  close(): Promise<void>;
}
