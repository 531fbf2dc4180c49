import { createReplayDesk, type ReplayDesk } from '../../src/pipeline/replay/replay-desk.ts';
import { createReplayer, type Replayer } from '../../src/pipeline/replay/replayer.ts';
import type { Replay } from '../../src/ports/replays.ts';
import type { Corridor } from './corridor.ts';

/** Replays over a corridor. */
export interface Replaying {
  readonly desk: ReplayDesk;
  readonly replayer: Replayer;
  /** How often it was said that there may be something to replay, and that deliveries were made. */
  readonly hints: { replay: number; routed: number };
  /** Carries out everything that runs, and says how the replay ended. */
  finish(replay: Replay): Promise<Replay | null>;
}

/** Builds a desk and what carries its orders out. */
export function replayingOver(corridor: Corridor): Replaying {
  const { store, clock, log, engine, destination } = corridor;
  const hints = { replay: 0, routed: 0 };
  const tools = {
    ...{ store, clock, log, engine, memberIdKind: 'email' as const, ruleSet: corridor.ruleSet },
    signal: corridor.shutdown.signal,
    facts: store.facts.bind(store),
    endpoint: (id: string, name: string) => (id === destination.id ? (destination.endpoints.get(name) ?? null) : null),
    onReplay: () => void hints.replay++,
    onRouted: () => void hints.routed++,
  };
  const replayer = createReplayer(tools);
  return {
    ...{ desk: createReplayDesk(tools), replayer, hints },
    async finish({ id }) {
      while ((await replayer.step()) > 0);
      return store.replay(id);
    },
  };
}
