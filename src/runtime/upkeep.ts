import { createReplayDesk, type ReplayDesk } from '../pipeline/replay/replay-desk.ts';
import { createReplayer, type ReplayerTools } from '../pipeline/replay/replayer.ts';
import { type ForgetTools, resumeForgetting } from '../pipeline/upkeep/forget.ts';
import { createPruner } from '../pipeline/upkeep/prune.ts';
import type { Store } from '../ports/store.ts';
import { startWorkLoop, type WorkLoop } from './work-loop.ts';

/** What upkeep needs. */
export interface UpkeepTools extends Omit<ReplayerTools, 'store' | 'signal'> {
  readonly store: Store;
  /** For how long events are kept, in ms: of the config in force. */
  readonly retentionMs: () => number;
  /** Ends the loops after the step they are in. */
  readonly stopping: AbortSignal;
}

/** What goes on beside the corridor: replays, retention, forgetting. */
export interface Upkeep {
  readonly replays: ReplayDesk;
  readonly forgetting: ForgetTools;
  /** Resolves when all of it ended, after `stopping` aborted. */
  readonly ended: Promise<void>;
}

const REPLAY_POLL_MS = 250;
const FORGET_POLL_MS = 1_000;
const RETENTION_POLL_MS = 10_000;

/** Goes on with stored replays and forgettings, and applies the retention. */
export function startUpkeep(tools: UpkeepTools): Upkeep {
  const { store, clock, log, stopping } = tools;
  const replayer = createReplayer({ ...tools, signal: stopping });
  const pruner = createPruner({ ...tools, signal: stopping });
  const loop = (name: string, pollMs: number, step: () => Promise<number>): WorkLoop =>
    startWorkLoop({ name, pollMs, step, clock, log, signal: stopping });
  const replaying = loop('replay', REPLAY_POLL_MS, () => replayer.step());
  const forgetting = loop('forget', FORGET_POLL_MS, () => resumeForgetting(tools));
  const retention = loop('retention', RETENTION_POLL_MS, () => pruner.step());
  return {
    replays: createReplayDesk({ ...tools, onReplay: () => replaying.wake() }),
    forgetting: { store, clock, log },
    ended: Promise.all([replaying.ended, forgetting.ended, retention.ended]).then(() => undefined),
  };
}
