import { createHash } from 'node:crypto';
import type { AttemptDraft } from '../../../src/core/attempt.ts';
import type { DeliveryDraft, RoutedEvent } from '../../../src/core/delivery.ts';
import type { EventDraft, Fact } from '../../../src/core/event.ts';
import type { Store } from '../../../src/ports/store.ts';

/** The moment the tests begin at, ms. */
export const T0 = Date.parse('2026-02-11T09:30:00Z');

/** SHA-256 hex. */
export function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An event about Ann, unlike any other with another `id`. */
export function eventDraft(id: string, over: Partial<EventDraft> = {}): EventDraft {
  return {
    source: 'open-loyalty',
    storeCode: 'Germany',
    name: 'CustomerLevelChanged',
    messageId: id,
    dedupeKey: sha(id),
    dedupeWindowMs: null,
    bodyHash: sha(`body of ${id}`),
    body: JSON.stringify({ messageId: id }),
    signature: null,
    clockMs: T0,
    receivedAtMs: T0,
    partition: 7,
    failure: null,
    member: 'Germany/ann',
    aliases: [],
    facts: [],
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

/** Accepts one event and returns its id. */
export async function acceptOne(store: Store, draft: EventDraft): Promise<number> {
  const [accepted] = await store.accept([draft]);
  if (!accepted?.ok) throw new Error('not accepted', { cause: accepted?.error });
  return accepted.eventId;
}

/** Accepts one event and routes it to these deliveries; returns its id. */
export async function acceptRouted(
  store: Store,
  id: string,
  deliveries: readonly DeliveryDraft[],
  over: Partial<EventDraft> = {},
): Promise<number> {
  const eventId = await acceptOne(store, eventDraft(id, over));
  await store.settleRoutes([routed(eventId, deliveries)], T0);
  return eventId;
}

/** Claims what is due at Bloomreach. */
export function claim(store: Store, over: { readonly nowMs?: number; readonly limit?: number } = {}) {
  const nowMs = over.nowMs ?? T0;
  return store.claimDeliveries({
    destination: 'bloomreach',
    limit: over.limit ?? 10,
    nowMs,
    leaseEndMs: nowMs + 30_000,
  });
}

/** The newest page. */
export const NEWEST = { before: null, limit: 50 } as const;
