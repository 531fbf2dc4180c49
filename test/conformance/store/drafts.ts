import { createHash } from 'node:crypto';
import type { AttemptDraft } from '../../../src/core/attempt.ts';
import type { ClaimedDelivery, DeliveryDraft, RoutedEvent } from '../../../src/core/delivery.ts';
import type { Fact } from '../../../src/core/event.ts';
import type { AcceptedDraft, Claim, ClaimOffer, SettledAttempt, Store } from '../../../src/ports/store.ts';

/** The moment the tests begin at, ms. */
export const T0 = Date.parse('2026-02-11T09:30:00Z');

/** SHA-256 hex. */
export function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An event about Ann, unlike any other with another `id`, still to be routed. */
export function eventDraft(id: string, over: Partial<AcceptedDraft> = {}): AcceptedDraft {
  return {
    source: 'open-loyalty',
    storeCode: 'Germany',
    name: 'CustomerLevelChanged',
    messageId: id,
    dedupeKey: null,
    dedupeWindowMs: null,
    body: JSON.stringify({ messageId: id }),
    signature: null,
    clockMs: T0,
    receivedAtMs: T0,
    partition: 7,
    failure: null,
    member: 'Germany/ann',
    aliases: [],
    facts: [],
    routed: null,
    ...over,
  };
}

/** A pending delivery to Bloomreach, in Ann's lane. */
export function deliveryDraft(over: Partial<DeliveryDraft> = {}): DeliveryDraft {
  return {
    mapping: 'tier-change',
    mappingVersion: sha('tier-change v1'),
    part: 0,
    run: 1,
    destination: 'bloomreach',
    endpoint: 'event',
    member: 'Germany/ann',
    ordered: true,
    status: 'pending',
    reason: null,
    code: null,
    detail: null,
    request: '{"event_type":"loyalty_challenge"}',
    emptyKeys: [],
    lookups: [],
    missing: [],
    dueAtMs: T0,
    background: false,
    ...over,
  };
}

/** A delivery that waits for a wallet's fact, looked at next after a minute. */
export function waitingDraft(over: Partial<DeliveryDraft> = {}): DeliveryDraft {
  const missing = [{ source: 'open-loyalty', storeCode: 'Germany', kind: 'wallet', key: 'w-1' }];
  return deliveryDraft({ status: 'waiting', request: null, detail: 'waits', missing, dueAtMs: T0 + 60_000, ...over });
}

/** What routing decided about an event. */
export function routed(eventId: number, deliveries: readonly DeliveryDraft[]): RoutedEvent {
  return { eventId, status: deliveries.length > 0 ? 'routed' : 'unmatched', code: null, deliveries };
}

/** A wallet's fact. */
export function walletFact(over: Partial<Fact> = {}): Fact {
  const key = { source: 'open-loyalty', storeCode: 'Germany', kind: 'wallet', key: 'w-1' };
  return { ...key, value: { email: 'ann@example.com' }, learnedAtMs: T0, ...over };
}

/** A try that went well. */
export function attemptDraft(over: Partial<AttemptDraft> = {}): AttemptDraft {
  return {
    verdict: 'delivered',
    code: null,
    httpStatus: 200,
    detail: null,
    response: null,
    retryAfterMs: null,
    startedAtMs: T0,
    durationMs: 12,
    ...over,
  };
}

/** A try that failed for now. */
export function failedAttempt(over: Partial<AttemptDraft> = {}): AttemptDraft {
  const failure = { verdict: 'transient', code: 'DELIVERY_UNAVAILABLE', httpStatus: 503 } as const;
  return attemptDraft({ ...failure, detail: 'down for maintenance', response: 'sorry', ...over });
}

/** An event about Ann that comes routed to these deliveries. */
export function routedDraft(
  id: string,
  deliveries: readonly DeliveryDraft[],
  over: Partial<AcceptedDraft> = {},
): AcceptedDraft {
  return eventDraft(id, { routed: { status: deliveries.length > 0 ? 'routed' : 'unmatched', deliveries }, ...over });
}

/** A first claim of the first delivery, settled by a try. */
export function settledAttempt(over: Partial<SettledAttempt> & Pick<SettledAttempt, 'decision'>): SettledAttempt {
  return { deliveryId: 1, claimNo: 1, attempt: attemptDraft(), shareLimit: null, nowMs: T0, ...over };
}

/** Accepts one event and returns its id. */
export async function acceptOne(store: Store, draft: AcceptedDraft): Promise<number> {
  const [accepted] = await store.accept([draft], []);
  if (!accepted?.ok) throw new Error('not accepted', { cause: accepted?.error });
  return accepted.eventId;
}

/** Accepts one event and routes it to these deliveries; returns its id. */
export async function acceptRouted(
  store: Store,
  id: string,
  deliveries: readonly DeliveryDraft[],
  over: Partial<AcceptedDraft> = {},
): Promise<number> {
  const eventId = await acceptOne(store, eventDraft(id, over));
  await store.settleRoutes([routed(eventId, deliveries)], T0, []);
  return eventId;
}

/** Leave to claim what is made for Bloomreach, for half a minute from the beginning. */
export function offer(over: Partial<ClaimOffer> = {}): ClaimOffer {
  return { destination: 'bloomreach', pausedEndpoints: [], leaseEndMs: T0 + 30_000, ...over };
}

/** Claims what is due at Bloomreach, for half a minute. */
export function claim(store: Store, over: Partial<Claim> = {}): Promise<readonly ClaimedDelivery[]> {
  const nowMs = over.nowMs ?? T0;
  return store.claimDeliveries({ ...offer({ leaseEndMs: nowMs + 30_000 }), limit: 10, nowMs, ...over });
}

/** The ids of what was claimed. */
export function idsOf(claimed: readonly ClaimedDelivery[]): readonly number[] {
  return claimed.map(({ id }) => id);
}

/** The newest page. */
export const NEWEST = { before: null, limit: 50 } as const;
