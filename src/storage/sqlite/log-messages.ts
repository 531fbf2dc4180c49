import type { ErrorCode } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';

/** What a log worker is started with. */
export interface LogWorkerData {
  readonly path: string;
}

/** One read asked of a log worker. */
export interface LogQuestion {
  readonly id: number;
  readonly read: keyof Log;
  readonly args: readonly unknown[];
}

/** Its answer: what the read found, or an error of our catalogue taken apart, since classes do not cross threads. */
export type LogAnswer =
  | { readonly id: number; readonly ok: true; readonly found: unknown }
  | { readonly id: number; readonly ok: false; readonly code: ErrorCode; readonly message: string };
