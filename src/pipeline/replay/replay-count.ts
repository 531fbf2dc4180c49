import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyWindow, ReplayChoice, ReplayStore } from '../../ports/replays.ts';

/** What a choice is about at this moment. */
export interface ChoiceCount {
  /** Deliveries to redeliver or events to reprocess. */
  readonly total: number;
  /** Of a `redeliver`: those that have no request. */
  readonly refused: number;
  /** What is stored later is not taken. */
  readonly upTo: number;
}

/** Counts a choice, part by part, so that intake goes on meanwhile. */
export async function countChoice(
  choice: ReplayChoice,
  store: Pick<ReplayStore, 'replayEnd' | 'countReplay'>,
): Promise<ChoiceCount> {
  const upTo = await store.replayEnd(choice.mode);
  let [total, refused] = [0, 0];
  for (let window: KeyWindow | null = { after: 0, upTo }; window !== null; ) {
    const part = await store.countReplay(choice, window);
    total += part.chosen;
    refused += part.refused;
    window = part.rest;
    await nextTurn();
  }
  return { total, refused, upTo };
}
