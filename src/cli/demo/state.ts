import type { PostedWebhook } from './posted.ts';
import type { Snapshot } from './watch.ts';

/** Everything the demo shows at one moment. */
export interface DemoState extends Snapshot {
  /** Unix time in ms. */
  readonly nowMs: number;
  readonly startedAtMs: number;
  /** What is to be seen now. */
  readonly caption: string;
  /** The webhooks sent so far, oldest first. */
  readonly posted: readonly PostedWebhook[];
  /** How many the whole scenario sends. */
  readonly planned: number;
  /** When Bloomreach comes back, Unix time in ms; null while it is up. */
  readonly outageEndsAtMs: number | null;
}

/** How far the webhooks have come. */
export interface Progress {
  /** Webhooks that came to an end: duplicates and unmatched events too. */
  readonly settled: number;
  readonly total: number;
  /** Deliveries that were tried and will be tried again. */
  readonly retrying: number;
  /** Deliveries behind another one of the same member. */
  readonly queued: number;
}

/** The demo's longest wait between tries, jitter included, in ms. */
const LONGEST_RETRY_MS = 36_000;

/** Whether nothing is left to do: all that was sent is in the store, every event routed and every delivery final. */
export function isSettled({ stats, posted }: Pick<DemoState, 'stats' | 'posted'>): boolean {
  const { received, duplicates, unrouted, deliveries } = stats;
  return received + duplicates >= posted.length && unrouted + deliveries.pending + deliveries.waiting === 0;
}

/** Counts how far the webhooks have come, from the store's counters and the deliveries in sight. */
export function progressOf({ stats, deliveries, planned }: DemoState): Progress {
  const { received, duplicates, unrouted } = stats;
  const total = Math.max(planned, received + duplicates);
  const open = deliveries.filter(({ status }) => status === 'pending' || status === 'waiting');
  const openEvents = new Set(open.map(({ eventId }) => eventId)).size;
  const pending = open.filter(({ status }) => status === 'pending');
  return {
    settled: Math.max(0, received + duplicates - unrouted - openEvents),
    total,
    retrying: pending.filter(({ attempts }) => attempts > 0).length,
    queued: pending.filter(({ attempts, blockedBy }) => attempts === 0 && blockedBy !== null).length,
  };
}

/** Why a delivery stands where it does, in a few words. */
export function whyOf(delivery: DemoState['deliveries'][number], nowMs: number): string {
  const { status, code, reason, detail, attempts, blockedBy, dueAtMs } = delivery;
  if (status === 'dead') return detail ?? code ?? '';
  if (status === 'waiting') return 'whose wallet it is, nothing has told yet';
  if (status === 'skipped') return reason === 'condition' ? 'its condition says no' : (reason ?? '');
  if (status !== 'pending') return '';
  if (blockedBy !== null) return 'behind an earlier one';
  if (isBeingTried(delivery, nowMs)) return 'on its way';
  if (attempts === 0) return '';
  const seconds = Math.max(0, Math.ceil(((dueAtMs ?? nowMs) - nowMs) / 1000));
  return `again in ${seconds} s${code === null ? '' : `: ${code}`}`;
}

/** Whether a pending delivery is claimed: then it is due when the claim's lease ends, later than any retry of the demo. */
export function isBeingTried({ dueAtMs }: Pick<DemoState['deliveries'][number], 'dueAtMs'>, nowMs: number): boolean {
  return dueAtMs !== null && dueAtMs - nowMs > LONGEST_RETRY_MS;
}
