import type { Lint } from './lint.ts';

/** What made a load of config and mappings happen. */
export type ReloadTrigger = 'start' | 'file' | 'poll' | 'signal';

/** One mapping as it runs. */
export interface RunningVersion {
  readonly id: string;
  readonly version: string;
}

/** What a load did with one file that was new, changed, gone or is refused. */
export interface FileReceipt {
  /** Relative to the mappings folder. */
  readonly file: string;
  readonly outcome: 'accepted' | 'refused' | 'removed';
  /** What ran of it before, and what runs since; a refused file goes on with its last good text, if it has one. */
  readonly before: readonly RunningVersion[];
  readonly after: readonly RunningVersion[];
  /** The first findings, those that refuse before others. */
  readonly lints: readonly Lint[];
}

/** What a load did with a changed config. */
export interface ConfigReceipt {
  readonly outcome: 'accepted' | 'refused';
  /** The settings that changed and are in force, such as `destinations.bloomreach`. */
  readonly applied: readonly string[];
  /** The settings that changed and wait for the next start. */
  readonly needsRestart: readonly string[];
  readonly lints: readonly Lint[];
}

/** The stored record of one load, without its time and outcome. */
export interface ReceiptDetail {
  readonly trigger: ReloadTrigger;
  /** Null when the config did not change. */
  readonly config: ConfigReceipt | null;
  readonly files: readonly FileReceipt[];
  /** Mappings that run after it. */
  readonly mappings: number;
  /** Tests that ran: those of files that did not change are not run again. */
  readonly tests: number;
  /** Whether config and every file are good after it. */
  readonly valid: boolean;
}

/** Findings of one file that a receipt keeps. */
export const MOST_RECEIPT_LINTS = 20;
