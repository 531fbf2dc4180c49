import type { ErrorCode } from './errors.ts';
import type { Json, JsonObject } from './json.ts';

/** Where an accepted event stands. `failed` means that routing itself could not run. */
export type EventStatus = 'accepted' | 'routed' | 'unmatched' | 'failed';

/** The name under which an event without a name is kept. */
export const NO_EVENT_NAME = '(none)';

/** How many partitions order is kept in: transforms of one partition never delay another's. */
export const PARTITIONS = 64;

/** Nesting beyond this many levels, the body itself being the first, is stored but never routed (`SOURCE_TOO_DEEP`). */
export const MAX_DEPTH = 64;

/** Addresses one fact: facts of one source and tenant are never seen by another. */
export interface FactKey {
  readonly source: string;
  /** The tenant; empty when the event names none. */
  readonly storeCode: string;
  readonly kind: string;
  readonly key: string;
}

/** Something an event taught us, to be recalled later. */
export interface Fact extends FactKey {
  readonly value: Json;
  /** The teaching event's clock, in ms: the newer fact wins, whatever arrives first. */
  readonly learnedAtMs: number;
}

/** When a seeded or imported fact was learned: before every event, so that any event knows better. */
export const SEEDED_AT_MS = 0;

/** A fact as it is imported: of a tenant, about the person that `value` names. */
export interface ImportedFact {
  readonly storeCode: string;
  readonly kind: string;
  readonly key: string;
  readonly value: JsonObject;
}

/** Which identifier of a person `$memberId` yields. */
export type MemberIdKind = 'email' | 'customerId' | 'phone' | 'loyaltyCardNumber';

/** Who an event is about and what it teaches. */
export interface Identity {
  /** `storeCode/customerId`, else `storeCode/card:…`, `/email:…`, `/phone:…`; null when the event names nobody. */
  readonly member: string | null;
  /** The member's other identifiers, in the same notation. */
  readonly aliases: readonly string[];
  readonly facts: readonly Fact[];
  /** What the event says anew of the member, laid over the older facts about her; null takes a field out. */
  readonly correction?: JsonObject;
}

/** What a signed request says of its signature. */
export interface Signature {
  /** Counts the rotations of the key, such as `1`. */
  readonly version: string;
  /** Of this try: a repeat has another. */
  readonly requestId: string;
}

/** An event as the door hands it to the store: not yet durable. */
export interface EventDraft extends Identity {
  readonly source: string;
  readonly storeCode: string;
  /** `NO_EVENT_NAME` when the body names none. */
  readonly name: string;
  readonly messageId: string | null;
  /**
   * SHA-256 hex of what makes two messages without a message id the same event. Null with one: then source, tenant, name
   * and message id tell, for as long as the event is kept.
   */
  readonly dedupeKey: string | null;
  /** How long a repeat of the same `dedupeKey` counts as a duplicate, in ms; null = as long as the event is kept. */
  readonly dedupeWindowMs: number | null;
  /** The body as it came, as text; written anew, without the values at the redacted paths, when there are any. */
  readonly body: string;
  /** Of the request that brought it; null where requests are not signed. */
  readonly signature: Signature | null;
  /** The event's own clock (`createdAt`, else the time of receipt), in ms. */
  readonly clockMs: number;
  readonly receivedAtMs: number;
  readonly partition: number;
  /** Set when the event is stored but can never be routed. */
  readonly failure: ErrorCode | null;
}

/** An event as routing sees it. */
export interface StoredEvent {
  readonly id: number;
  readonly source: string;
  readonly storeCode: string;
  readonly name: string;
  readonly messageId: string | null;
  /** Null when there is a message id. */
  readonly dedupeKey: string | null;
  readonly body: string;
  readonly signature: Signature | null;
  readonly clockMs: number;
  readonly receivedAtMs: number;
  readonly member: string | null;
  readonly partition: number;
}

/** The partition of a member: FNV-1a over UTF-16 code units; events without a member spread by `fallback`. */
export function partitionOf(member: string | null, fallback: string): number {
  const text = member ?? fallback;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % PARTITIONS;
}
