import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import { type Identity, SEEDED_AT_MS } from '../../../src/core/event.ts';
import type { PauseCause } from '../../../src/core/pause.ts';
import type { Decision } from '../../../src/core/retry-policy.ts';
import type { AcceptedDraft, ClaimOffer } from '../../../src/ports/store.ts';
import { deliveryDraft, offer, sha, waitingDraft, walletFact } from './drafts.ts';
import type { Made, Offers } from './history-steps.ts';

/** Whom a history is about. */
export const MEMBERS = ['Germany/ann', 'Germany/bob', null] as const;
/** Where its deliveries go. */
export const DESTINATIONS = ['bloomreach', 'crm'] as const;
/** The endpoints of each destination. */
export const ENDPOINTS = ['event', 'customer'] as const;
/** Why something is paused; null where a resumption asks for no cause. */
export const CAUSES: readonly (PauseCause | null)[] = ['by_hand', 'unauthorized', null];

/** The same draft under another name, but its last delivery cannot be sent. */
export function spoilt(draft: AcceptedDraft): AcceptedDraft {
  const deliveries = [...(draft.routed?.deliveries ?? []), deliveryDraft({ part: 99, request: null })];
  const facts = [walletFact({ value: 'spoilt', learnedAtMs: draft.receivedAtMs })];
  const other = { name: 'Spoilt', member: 'Germany/spoilt', facts };
  return { ...draft, ...other, messageId: 'spoilt', dedupeKey: null, routed: { status: 'routed', deliveries } };
}

/** What is paused. */
export function addressOf({ destination, endpoint }: { readonly destination: number; readonly endpoint: number }) {
  return { destination: DESTINATIONS[destination] ?? '', endpoint: ENDPOINTS[endpoint] ?? null };
}

/** Why it is paused. */
export function causeOf({ cause }: { readonly cause: number }): PauseCause {
  return CAUSES[cause] ?? 'by_hand';
}

/** A seeding that may say again what it said before. */
export function lessonOf({ member, wallet }: { readonly member: number; readonly wallet: number }): Identity {
  const facts = [walletFact({ key: `w-${wallet}`, value: { of: member }, learnedAtMs: SEEDED_AT_MS })];
  return { member: MEMBERS[member] ?? null, aliases: [], facts };
}

/** A delivery that waited keeps its mapping, so it must stay as ordered as that is. */
export function ordered(all: readonly Made[]): readonly Made[] {
  return all.map((one) => ({ ...one, isOrdered: true }));
}

/** A decision of this kind. */
export function decisionOf(kind: Decision['kind'], nowMs: number, retries: number): Decision {
  const code = 'DELIVERY_UNAVAILABLE';
  if (kind === 'release') return { kind, dueAtMs: nowMs };
  if (kind === 'retry') return { kind, dueAtMs: nowMs + 5_000, retries: retries + 1, code };
  // Held: a person may release it.
  return kind === 'dead' ? { kind, code: 'DELIVERY_HELD', detail: 'Held for a person.' } : { kind };
}

/** Deliveries of `tier-change` queue in their member's lane, those of `unordered` never do. */
export function drafts(
  all: readonly Made[],
  { member, run, nowMs }: { readonly member: string | null; readonly run: number; readonly nowMs: number },
): readonly DeliveryDraft[] {
  return all.map(({ status, destination, endpoint, isOrdered, background, wallet, delay }, part) => {
    const isLaned = isOrdered || status === 'waiting';
    const shared = {
      ...{ part, run, member, status, background },
      ordered: isLaned,
      mapping: isLaned ? 'tier-change' : 'unordered',
      destination: DESTINATIONS[destination] ?? '',
      endpoint: ENDPOINTS[endpoint] ?? '',
      mappingVersion: sha(`v${wallet}`),
      dueAtMs: nowMs + delay * 1_000,
    };
    const missing = [{ source: 'open-loyalty', storeCode: 'Germany', kind: 'wallet', key: `w-${wallet}` }];
    if (status === 'waiting') return waitingDraft({ ...shared, missing });
    // What came to rest before it was pending never got as far as a request, unless it is shadowed.
    return status === 'dead' || status === 'skipped'
      ? deliveryDraft({ ...shared, request: null })
      : deliveryDraft(shared);
  });
}

/** Leave to claim, for half a minute from now. */
export function offersOf(given: Offers, nowMs: number): readonly ClaimOffer[] {
  return given.map(({ destination, paused }) =>
    offer({
      destination: DESTINATIONS[destination] ?? '',
      pausedEndpoints: paused < 0 ? [] : [ENDPOINTS[paused] ?? ''],
      leaseEndMs: nowMs + 30_000,
    }),
  );
}
