import type { DeliveryDraft, DeliveryStatus } from './delivery.ts';
import type { ErrorCode } from './errors.ts';

/** A delivery that earlier runs made of an event. */
export interface EarlierDelivery {
  readonly id: number;
  readonly mapping: string;
  readonly run: number;
  readonly part: number;
  readonly destination: string;
  readonly endpoint: string;
  readonly status: DeliveryStatus;
  readonly code: ErrorCode | null;
  readonly detail: string | null;
  readonly request: string | null;
  /** Whether it is claimed: what becomes of it is not known yet. */
  readonly inFlight: boolean;
}

/** What reprocessing one event comes to. */
export interface Reprocessing {
  /** Open deliveries of older runs that today's rules do not make. */
  readonly cancel: readonly EarlierDelivery[];
  /** What is new, as the event's next run. */
  readonly add: readonly DeliveryDraft[];
  /** Of those, which replace something that was delivered with other bytes. */
  readonly changed: readonly DeliveryDraft[];
  /** Parts that were delivered with equal bytes, are open with them, or come out as they did. */
  readonly unchanged: number;
}

/** How an event is reprocessed. */
export interface ReprocessScope {
  /** The only mapping that is run; null = all of the rule set. */
  readonly mapping: string | null;
}

/**
 * Decides what today's drafts of an event change, given all that earlier runs made of it. Null when a delivery is in
 * flight whose fate must be known first. Pure.
 */
export function reprocessing(
  earlier: readonly EarlierDelivery[],
  drafts: readonly DeliveryDraft[],
  { mapping }: ReprocessScope,
): Reprocessing | null {
  const own = earlier.filter((one) => mapping === null || one.mapping === mapping);
  const run = 1 + Math.max(-1, ...earlier.map((one) => one.run));
  const add: DeliveryDraft[] = [];
  const changed: DeliveryDraft[] = [];
  const kept = new Set<EarlierDelivery>();
  for (const draft of drafts) {
    const same = own.find((one) => !kept.has(one) && one.mapping === draft.mapping && isAnswered(one, draft));
    if (same) {
      kept.add(same);
      continue;
    }
    add.push({ ...draft, run, background: true });
    if (draft.status === 'pending' && own.some((one) => wasDelivered(one, draft))) changed.push(draft);
  }
  const cancel = own.filter((one) => isOpen(one) && !kept.has(one));
  if (cancel.some(({ inFlight }) => inFlight)) return null;
  return { cancel, add, changed, unchanged: drafts.length - add.length };
}

/** Whether an earlier delivery makes a draft needless. */
function isAnswered(one: EarlierDelivery, draft: DeliveryDraft): boolean {
  const isSameRequest =
    one.request === draft.request && one.destination === draft.destination && one.endpoint === draft.endpoint;
  if (draft.status === 'pending') return isSameRequest && (one.status === 'delivered' || one.status === 'pending');
  // A waiting one is looked at again by itself, with the rule set of that moment.
  if (draft.status === 'waiting') return one.status === 'waiting';
  if (one.status !== draft.status || one.part !== draft.part) return false;
  return isSameRequest && one.code === draft.code && one.detail === draft.detail;
}

function wasDelivered(one: EarlierDelivery, draft: DeliveryDraft): boolean {
  if (one.status !== 'delivered' || one.mapping !== draft.mapping || one.part !== draft.part) return false;
  return one.destination === draft.destination;
}

function isOpen({ status }: EarlierDelivery): boolean {
  return status === 'pending' || status === 'waiting';
}
