import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { Claim, ClaimOffer } from '../../ports/store.ts';
import { headOf } from './memory-lanes.ts';
import type { DeliveryRecord, MemoryState } from './memory-state.ts';

/** Claims heads and laneless deliveries that are due: live ones first. */
export function claimDue(state: MemoryState, claim: Claim): readonly ClaimedDelivery[] {
  const free = [...state.open].filter((record) => isClaimable(state, record, claim, claim.nowMs));
  const first = free.sort((left, right) => Number(left.background) - Number(right.background) || byDue(left, right));
  return first.slice(0, claim.limit).map((record) => take(record, claim));
}

/** Claims what is offered of deliveries that were just made. */
export function claimOffered(
  state: MemoryState,
  made: readonly DeliveryRecord[],
  offers: readonly ClaimOffer[],
  nowMs: number,
): readonly ClaimedDelivery[] {
  return made.flatMap((record) => {
    const offer = offers.find(({ destination }) => destination === record.draft.destination);
    if (!offer || record.background || !isClaimable(state, record, offer, nowMs)) return [];
    return [take(record, offer)];
  });
}

/** Claims whose lease ended; with `all`, every claim. */
export function expired(state: MemoryState, nowMs: number, limit: number, all: boolean): readonly ClaimedDelivery[] {
  const owned = [...state.open].filter((record) => record.claimed && (all || isDue(record, nowMs)));
  return owned.sort(byDue).slice(0, limit).map(claimedOf);
}

/** Whether its time has come. */
export function isDue({ dueAtMs }: DeliveryRecord, nowMs: number): boolean {
  return dueAtMs !== null && dueAtMs <= nowMs;
}

/** The longest due first. */
export function byDue(left: DeliveryRecord, right: DeliveryRecord): number {
  return (left.dueAtMs ?? 0) - (right.dueAtMs ?? 0) || left.id - right.id;
}

function isClaimable(state: MemoryState, record: DeliveryRecord, offer: ClaimOffer, nowMs: number): boolean {
  return (
    record.status === 'pending' &&
    !record.claimed &&
    record.draft.destination === offer.destination &&
    !offer.pausedEndpoints.includes(record.draft.endpoint) &&
    isDue(record, nowMs) &&
    headOf(state, record) === record
  );
}

function take(record: DeliveryRecord, { leaseEndMs }: ClaimOffer): ClaimedDelivery {
  record.claimed = true;
  record.claimNo += 1;
  record.dueAtMs = leaseEndMs;
  return claimedOf(record);
}

function claimedOf(record: DeliveryRecord): ClaimedDelivery {
  const { id, event, draft, claimNo, retries, attempts, sinceMs, shareLimit } = record;
  return {
    id,
    eventId: event.id,
    mapping: draft.mapping,
    destination: draft.destination,
    endpoint: draft.endpoint,
    request: draft.request ?? '',
    claimNo,
    retries,
    attempts: attempts.length,
    pendingSinceMs: sinceMs,
    shareLimit,
  };
}
