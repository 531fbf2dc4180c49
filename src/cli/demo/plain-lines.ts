import { statusStyle } from '../output.ts';
import { harmless } from '../terminal.ts';
import { countsLine, shortId, webhookText } from './screen.ts';
import { type DemoState, isBeingTried, progressOf, whyOf } from './state.ts';
import type { WatchedDelivery } from './watch.ts';

/** How often a line says how far things have come, in ms. */
const PROGRESS_EVERY_MS = 5_000;

/** What happened between two states, as lines for a log: caption, webhooks, deliveries, now and then the progress. Pure. */
export function plainLines(before: DemoState | null, state: DemoState): string[] {
  const seconds = ((state.nowMs - state.startedAtMs) / 1000).toFixed(1).padStart(6);
  const events = [
    ...state.posted
      .slice(before?.posted.length ?? 0)
      .map((webhook) => `${'webhook'.padEnd(9)}  ${webhookText(webhook)}`),
    ...changedSince(before, state).map((delivery) => deliveryText(delivery, state.nowMs)),
    ...(progressIsDue(before, state) ? [progressText(state)] : []),
  ];
  const lines = events.map((text) => `${seconds} s  ${text}`);
  return state.caption === before?.caption ? lines : ['', state.caption, ...lines];
}

/** Oldest first. A pending one is news when it was tried in vain and its next try is set. */
function changedSince(before: DemoState | null, { deliveries, nowMs }: DemoState): readonly WatchedDelivery[] {
  const known = new Map(before?.deliveries.map((delivery) => [delivery.id, delivery.changed]));
  const changed = deliveries.filter(({ id, changed }) => known.get(id) !== changed);
  return changed.filter((one) => one.status !== 'pending' || (one.attempts > 0 && !isBeingTried(one, nowMs))).reverse();
}

function deliveryText(delivery: WatchedDelivery, nowMs: number): string {
  const { id, event, mapping, who, status, attempts } = delivery;
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
  const why = whyOf(delivery, nowMs);
  const words = `${shortId(id)}  ${event} → ${mapping}, ${who}, ${tries}${why === '' ? '' : `, ${why}`}`;
  return `${statusStyle(status.padEnd(9), status)}  ${harmless(words)}`;
}

function progressIsDue(before: DemoState | null, { nowMs, startedAtMs, stats }: DemoState): boolean {
  const step = (ms: number) => Math.floor((ms - startedAtMs) / PROGRESS_EVERY_MS);
  if (before === null || step(before.nowMs) === step(nowMs)) return false;
  return stats.deliveries.pending + stats.deliveries.waiting > 0;
}

function progressText(state: DemoState): string {
  const { settled, total } = progressOf(state);
  return `${'progress'.padEnd(9)}  ${settled} of ${total} webhooks settled: ${countsLine(state)}`;
}
