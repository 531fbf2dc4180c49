import type { Clock } from '../../ports/clock.ts';
import { firstNameIn } from './cast.ts';
import type { Display } from './display.ts';
import { outageEndOf } from './play.ts';
import { postedWebhooks } from './posted.ts';
import type { DemoSite } from './site.ts';
import type { DemoState } from './state.ts';
import { createWatcher } from './watch.ts';

/** Gathers what happens and shows it. */
export interface Board {
  /** Says what is to be seen now. */
  caption(text: string): void;
  /** Shows how things stand, again and again, until a state is as asked or the signal aborts; resolves with the last. */
  follow(until: (state: DemoState) => boolean, signal: AbortSignal): Promise<DemoState>;
}

/** What a board is made of. */
export interface BoardOptions {
  readonly site: Pick<DemoSite, 'openLoyalty' | 'server' | 'bloomreach'>;
  readonly display: Display;
  readonly clock: Clock;
  /** How many webhooks the scenario sends. */
  readonly planned: number;
}

/** Five looks a second: as often as an eye can follow. */
const REFRESH_MS = 200;

/** A board over a running site. */
export function createBoard({ site, display, clock, planned }: BoardOptions): Board {
  const { openLoyalty, server, bloomreach } = site;
  const look = createWatcher(server.reads, (member) => firstNameIn(openLoyalty.world, member));
  const startedAtMs = clock.now();
  let caption = '';

  async function refresh(): Promise<DemoState> {
    // In this order, so that what was posted is never behind what the store has of it.
    const snapshot = await look();
    const posted = postedWebhooks(openLoyalty.emitter.deliveries(), openLoyalty.world);
    const told = { caption, posted, planned, outageEndsAtMs: outageEndOf(bloomreach.faults) };
    const state = { ...snapshot, ...told, startedAtMs, nowMs: clock.now() };
    display.update(state);
    return state;
  }

  return {
    caption(text) {
      caption = text;
    },
    async follow(until, signal) {
      for (;;) {
        const state = await refresh();
        if (until(state)) return state;
        await clock.sleep(REFRESH_MS, signal).catch(() => undefined);
        if (signal.aborted) return state;
      }
    },
  };
}
