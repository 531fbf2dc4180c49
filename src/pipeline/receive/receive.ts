import type { ClaimedDelivery } from '../../core/delivery.ts';
import { PointsmanError } from '../../core/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Accepted, AcceptedDraft, ClaimOffer, Store } from '../../ports/store.ts';
import { type Delivered, type Drafted, differs, draftsOf } from './draft.ts';
import { type DoorRouteTools, routeAtDoor } from './route-at-door.ts';

/** What the sender is told, after the commit that holds its events. */
export interface Receipted {
  /** The event; the first one of a body that carries several. */
  readonly eventId: number;
  /** Whether every event of the body had come before. */
  readonly duplicate: boolean;
}

/** Where deliveries go that are claimed in the commit that makes them. */
export interface ClaimTakers {
  /** Leave to claim, for each destination that has room. */
  offers(): readonly ClaimOffer[];
  take(claimed: readonly ClaimedDelivery[]): void;
}

/** What receiving needs. */
export interface ReceiveTools extends DoorRouteTools {
  readonly store: Pick<Store, 'accept'>;
  readonly log: Logger;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'accepted'>;
  /** Dotted paths that never reach the disk in clear. */
  readonly redact: readonly string[];
  readonly deliverers: ClaimTakers;
  /** Told after each commit that holds an event to be routed: a hint, never relied on. */
  readonly onAccepted: () => void;
  /** Told after each commit that may hold deliveries nobody claimed yet: a hint. */
  readonly onRouted: () => void;
}

/**
 * Makes one verified body durable and says under which id. Throws `SOURCE_NOT_JSON` for anything but one JSON object,
 * and the store's error when the commit fails: what of it was stored nevertheless is a duplicate next time.
 */
export async function receive(delivered: Delivered, tools: ReceiveTools): Promise<Receipted> {
  const drafted = draftsOf(delivered, tools.redact);
  const drafts = drafted.map((one) => routeAtDoor(one, tools));
  const accepted = await accept(drafts, tools);
  tools.meter?.accepted(drafts, accepted);
  let duplicate = true;
  let failure: Error | null = null;
  for (const [index, one] of accepted.entries()) {
    if (!one.ok) failure ??= one.error;
    else if (one.duplicate) warnOfChange(one, drafted[index], tools);
    else duplicate = false;
  }
  hint(drafts, accepted, tools);
  if (failure) throw failure;
  const [first] = accepted;
  if (!first?.ok) throw new PointsmanError('STORE_FAILED', 'The store answered for no event');
  return { eventId: first.eventId, duplicate };
}

/** Stores the drafts, and keeps the count of unrouted events right whatever comes of it. */
async function accept(drafts: readonly AcceptedDraft[], tools: ReceiveTools): Promise<readonly Accepted[]> {
  const { store, unrouted, deliverers } = tools;
  let accepted: readonly Accepted[] = [];
  try {
    accepted = await store.accept(drafts, deliverers.offers());
    return accepted;
  } finally {
    for (const [index, { routed, failure, partition }] of drafts.entries()) {
      if (routed !== null || failure !== null) continue;
      const one = accepted[index];
      if (one?.ok && !one.duplicate) unrouted.stored(one.eventId);
      else unrouted.leave(partition);
    }
  }
}

function hint(drafts: readonly AcceptedDraft[], accepted: readonly Accepted[], tools: ReceiveTools): void {
  let unrouted = false;
  let unclaimed = false;
  for (const [index, { routed }] of drafts.entries()) {
    const one = accepted[index];
    if (!one?.ok || one.duplicate) continue;
    if (routed === null) unrouted = true;
    else if (routed.deliveries.length > one.claimed.length) unclaimed = true;
    if (one.claimed.length > 0) tools.deliverers.take(one.claimed);
  }
  if (unrouted) tools.onAccepted();
  if (unclaimed) tools.onRouted();
}

function warnOfChange(
  { eventId, original }: Extract<Accepted, { readonly ok: true }>,
  repeat: Drafted | undefined,
  { log }: ReceiveTools,
): void {
  if (original === null || repeat === undefined || !differs(original, repeat)) return;
  const fields = { stage: 'receive', event: eventId, source: repeat.draft.source };
  log.warn(fields, 'a repeat differs from the event that was stored first; the first one counts');
}
