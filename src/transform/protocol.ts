import type { Mapping } from '../core/mapping.ts';
import type { TransformResult } from '../ports/transform-engine.ts';
import type { ProgramJob } from './evaluate.ts';
import type { ProgramSource } from './program.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly deadlineMs: number;
  /** One Int32: the number of the job that runs, from 1; 0 while none does. The engine's deadline reads it. */
  readonly progress: SharedArrayBuffer;
  /** Whether it gives way to all other threads: what it runs has killed a thread before. */
  readonly yielding: boolean;
}

/** Work for a thread. */
export interface RunMessage {
  /** Whether programs sent earlier are dropped first. */
  readonly forget: boolean;
  /** Programs that the thread does not have yet. */
  readonly programs: readonly (readonly [key: string, source: ProgramSource])[];
  readonly jobs: readonly ThreadJob[];
}

/** One job, its mapping by key. */
export interface ThreadJob extends ProgramJob {
  readonly program: string;
}

/** What a thread answers: one result per job, in order. */
export type RunAnswer = readonly TransformResult[];

/** What tells one mapping's version from all others. */
export function programKey(mapping: Pick<Mapping, 'id' | 'version'>): string {
  return `${mapping.id} ${mapping.version}`;
}
