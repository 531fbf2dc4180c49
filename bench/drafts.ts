import type { DeliveryDraft } from '../src/core/delivery.ts';
import { partitionOf } from '../src/core/event.ts';
import type { AcceptedDraft } from '../src/ports/store.ts';

/** The one source and tenant that rows written by the bench come from. */
export const SOURCE = 'open-loyalty';
export const STORE_CODE = 'DEFAULT';

const VERSION = 'b5'.repeat(32);

/** An event that is written straight to the store. */
export interface WrittenEvent {
  readonly messageId: string;
  readonly name: string;
  readonly member: number;
  readonly body: string;
  readonly receivedAtMs: number;
  /** Null = it is still to be routed. */
  readonly routed: AcceptedDraft['routed'];
}

/** A delivery of such an event; what is not given is as for one that is due at once, in its member's lane. */
export interface WrittenDelivery extends Partial<DeliveryDraft> {
  readonly mapping: string;
  readonly destination: string;
  readonly endpoint: string;
  readonly member: string;
  readonly dueAtMs: number;
}

/** The member of a number, as every identifier names her. */
export function memberKey(member: number): string {
  return `${STORE_CODE}/${customerIdOf(member)}`;
}

/** Her customer id. */
export function customerIdOf(member: number): string {
  return `7239e6f7-e52e-466b-8c24-${String(member).padStart(12, '0')}`;
}

/** Her email address, in lower case. */
export function emailOf(member: number): string {
  return `member.${String(member).padStart(12, '0')}@example.com`;
}

/** An event as the door would hand it to the store. Pure. */
export function eventDraft({ messageId, name, member, body, receivedAtMs, routed }: WrittenEvent): AcceptedDraft {
  const key = memberKey(member);
  return {
    member: key,
    aliases: [`${STORE_CODE}/email:${emailOf(member)}`, `${STORE_CODE}/card:LC-${member}`],
    facts: [],
    source: SOURCE,
    storeCode: STORE_CODE,
    name,
    messageId,
    dedupeKey: null,
    dedupeWindowMs: null,
    body,
    signature: null,
    clockMs: receivedAtMs,
    receivedAtMs,
    partition: partitionOf(key, ''),
    failure: null,
    routed,
  };
}

/** A delivery as routing would write it. Pure. */
export function deliveryDraft(given: WrittenDelivery): DeliveryDraft {
  return {
    mappingVersion: VERSION,
    part: 0,
    run: 0,
    ordered: true,
    status: 'pending',
    reason: null,
    code: null,
    detail: null,
    request: null,
    emptyKeys: [],
    lookups: [],
    missing: [],
    background: false,
    ...given,
  };
}
