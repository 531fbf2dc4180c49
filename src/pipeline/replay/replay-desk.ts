import type { ReplayAction } from '../../core/replay.ts';
import type { Page, PageRequest } from '../../ports/log.ts';
import type { Replay, ReplayChoice, ReplayStore } from '../../ports/replays.ts';
import type { ReplayTools } from './replay.ts';
import { changeReplay, startReplay } from './replay.ts';
import { definiteChoice } from './replay-choice.ts';
import { lookAtReplay, type ReplayLook, type ReplayLookTools } from './replay-look.ts';

/** Where replays are ordered. Each throws as its function in `replay.ts` does. */
export interface ReplayDesk {
  /** What it would do; stores nothing. */
  look(choice: ReplayChoice): Promise<ReplayLook>;
  start(choice: ReplayChoice, ratePerSecond: number | null): Promise<Replay>;
  change(id: number, action: ReplayAction): Promise<Replay>;
  find(id: number): Promise<Replay | null>;
  list(page: PageRequest): Promise<Page<Replay>>;
}

/** What a desk needs. */
export interface ReplayDeskTools extends ReplayLookTools, ReplayTools {
  readonly store: Omit<ReplayStore, 'redeliverStep' | 'reprocessStep'>;
}

/** Opens a desk. */
export function createReplayDesk(tools: ReplayDeskTools): ReplayDesk {
  return {
    look: async (choice) => lookAtReplay(definiteChoice(choice, tools.ruleSet()), tools),
    start: async (choice, rate) => startReplay(definiteChoice(choice, tools.ruleSet()), rate, tools),
    change: (id, action) => changeReplay(id, action, tools),
    find: (id) => tools.store.replay(id),
    list: (page) => tools.store.replays(page),
  };
}
