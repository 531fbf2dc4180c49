import { PointsmanError } from '../core/errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Accepted, Store } from '../ports/store.ts';
import { type Delivered, draftsOf } from './draft.ts';

/** What the sender is told, after the commit that holds its events. */
export interface Receipted {
  /** The event; the first one of a body that carries several. */
  readonly eventId: number;
  /** Whether every event of the body had come before. */
  readonly duplicate: boolean;
}

/** What receiving needs. */
export interface ReceiveTools {
  readonly store: Pick<Store, 'accept'>;
  readonly log: Logger;
  /** Dotted paths that never reach the disk in clear. */
  readonly redact: readonly string[];
  /** Told after each commit that holds a new event: a hint, never relied on. */
  readonly onAccepted: () => void;
}

/**
 * Makes one verified body durable and says under which id. Throws `SOURCE_NOT_JSON` for anything but one JSON object,
 * and the store's error when the commit fails: what of it was stored nevertheless is a duplicate next time.
 */
export async function receive(delivered: Delivered, tools: ReceiveTools): Promise<Receipted> {
  const drafts = draftsOf(delivered, tools.redact);
  const accepted = (await tools.store.accept(drafts)).map(orThrow);
  const [first] = accepted;
  if (!first) throw new PointsmanError('STORE_FAILED', 'The store answered for no event');
  for (const { eventId } of accepted.filter(({ bodyDiffers }) => bodyDiffers)) {
    const fields = { stage: 'receive', event: eventId, source: delivered.source.id };
    tools.log.warn(fields, 'a repeat differs from the event that was stored first; the first one counts');
  }
  const duplicate = accepted.every((one) => one.duplicate);
  if (!duplicate) tools.onAccepted();
  return { eventId: first.eventId, duplicate };
}

function orThrow(accepted: Accepted): Extract<Accepted, { readonly ok: true }> {
  if (accepted.ok) return accepted;
  throw accepted.error;
}
