import type { AcceptedDraft } from '../../src/ports/store.ts';
import { deliveryDraft, eventDraft, memberKey } from '../drafts.ts';
import { chunksOf, openStoreToFill } from '../fill-store.ts';
import { requireAccepted } from '../require-accepted.ts';
import { messageIdOf } from '../sequence.ts';
import { requestOf } from '../tier-change.ts';
import { webhookBody } from '../webhook.ts';
import type { DrainOptions } from './options.ts';

/** Half an hour lies between acceptance and draining, as after an outage. */
const OUTAGE_MS = 30 * 60 * 1000;

/** Fills a database with events that are accepted and routed, and whose deliveries nobody has sent yet. */
export async function fillBacklog(database: string, options: DrainOptions, nowMs: number): Promise<void> {
  const acceptedAtMs = nowMs - OUTAGE_MS;
  const store = openStoreToFill(database, acceptedAtMs);
  try {
    for (const sequences of chunksOf(0, options.deliveries)) {
      const drafts = sequences.map((sequence) => pendingDraft(sequence, options.members, acceptedAtMs));
      requireAccepted(await store.accept(drafts, []));
    }
  } finally {
    await store.close();
  }
}

function pendingDraft(sequence: number, members: number, receivedAtMs: number): AcceptedDraft {
  const member = sequence % members;
  const body = webhookBody(sequence, members);
  const delivery = deliveryDraft({
    mapping: 'tier-change',
    destination: 'bloomreach',
    endpoint: 'event',
    member: memberKey(member),
    request: requestOf(JSON.parse(body)),
    dueAtMs: receivedAtMs,
  });
  const routed = { status: 'routed', deliveries: [delivery] } as const;
  return eventDraft({
    messageId: messageIdOf(sequence),
    name: 'CustomerLevelChanged',
    member,
    body,
    receivedAtMs,
    routed,
  });
}
