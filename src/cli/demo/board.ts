import type { Clock } from '../../ports/clock.ts';
import type { Display } from './display.ts';
import { outageEndOf } from './play.ts';
import type { PostedWebhook } from './sender.ts';
import type { DemoSite } from './site.ts';
import type { DemoState } from './state.ts';
import { createWatcher } from './watch.ts';

/** Gathers what happens and shows it. */
export interface Board {
  /** Says what is to be seen now. */
  caption(text: string): void;
  posted(webhook: PostedWebhook): void;
  /** Shows how things stand, again and again, until a state is as asked or the signal aborts; resolves with the last. */
  follow(until: (state: DemoState) => boolean, signal: AbortSignal): Promise<DemoState>;
}

/** What a board is made of. */
export interface BoardOptions {
  readonly site: Pick<DemoSite, 'server' | 'sandbox'>;
  readonly display: Display;
  readonly clock: Clock;
  /** How many webhooks the scenario sends. */
  readonly planned: number;
}

/** Five looks a second: as often as an eye can follow. */
const REFRESH_MS = 200;

/** A board over a running site. */
export function createBoard({ site, display, clock, planned }: BoardOptions): Board {
  const look = createWatcher(site.server.reads);
  const startedAtMs = clock.now();
  const posted: PostedWebhook[] = [];
  let caption = '';

  async function refresh(): Promise<DemoState> {
    const snapshot = await look();
    const outageEndsAtMs = outageEndOf(site.sandbox.faults);
    const told = { caption, posted: [...posted], planned, outageEndsAtMs };
    const state = { ...snapshot, ...told, startedAtMs, nowMs: clock.now() };
    display.update(state);
    return state;
  }

  return {
    caption(text) {
      caption = text;
    },
    posted(webhook) {
      posted.push(webhook);
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
