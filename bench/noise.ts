import { cpuSecondsOf, machineTime } from './linux.ts';

/** What else took the processors. */
export interface Noise {
  /** Share of the machine's processor time that the host gave to other machines. */
  readonly stolen: number;
  /** Share of the machine's processor time that programs other than the bench's used. */
  readonly others: number;
}

/** Beyond these shares of the processors, what is measured is disturbed. */
export const QUIET: Noise = { stolen: 0.05, others: 0.1 };

/** Whether something else took too much of the processors. */
export function isNoisy({ stolen, others }: Noise): boolean {
  return stolen > QUIET.stolen || others > QUIET.others;
}

/** Starts watching the machine; the returned function tells what disturbed it since. The processes are the bench's own. */
export function watchMachine(pids: readonly number[]): () => Noise {
  const own = () => pids.reduce((sum, each) => sum + cpuSecondsOf(each), 0);
  const before = machineTime();
  const ownBefore = own();
  return () => {
    const now = machineTime();
    const all = now.all - before.all;
    const others = now.busy - before.busy - (own() - ownBefore);
    return { stolen: (now.stolen - before.stolen) / all, others: Math.max(0, others) / all };
  };
}

/** The noise in words. */
export function noiseText({ stolen, others }: Noise): string {
  return `stolen ${percentText(stolen)}, others ${percentText(others)}`;
}

/** A share as a percentage. */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
