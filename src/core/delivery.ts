import type { ErrorCode } from './errors.ts';
import type { EventStatus, FactKey } from './event.ts';
import type { Json } from './json.ts';

/** Where a delivery stands; `pending` also while in retry or in flight. */
export type DeliveryStatus = 'waiting' | 'pending' | 'delivered' | 'dead' | 'skipped' | 'shadowed' | 'canceled';

/** Why a delivery was skipped. */
export type SkipReason = 'condition' | 'empty' | 'by_hand';

/** A recalled fact as the formulas saw it; a null value means that it was looked up and not there. */
export interface Lookup {
  readonly kind: string;
  readonly key: string;
  readonly value: Json;
}

/** What routing decided for one event × mapping × part × run: written once, with its request frozen. */
export interface DeliveryDraft {
  readonly mapping: string;
  readonly mappingVersion: string;
  readonly part: number;
  readonly run: number;
  readonly destination: string;
  readonly endpoint: string;
  readonly member: string | null;
  /** Whether it queues in its member's lane: false for `order: none` and for events about nobody. */
  readonly ordered: boolean;
  readonly status: Extract<DeliveryStatus, 'waiting' | 'pending' | 'dead' | 'skipped' | 'shadowed'>;
  readonly reason: SkipReason | null;
  readonly code: ErrorCode | null;
  /** One line for people: why it is dead or what it waits for. */
  readonly detail: string | null;
  /** The frozen request; null when it never got that far. */
  readonly request: string | null;
  /** Key paths whose formulas yielded nothing. */
  readonly emptyKeys: readonly string[];
  readonly lookups: readonly Lookup[];
  /** The facts a `waiting` delivery waits for. */
  readonly missing: readonly FactKey[];
  /** When a `waiting` delivery is looked at next, or a `pending` one first due: ms. */
  readonly dueAtMs: number;
  /** Whether it gives way to live ones: deliveries of a replay do. */
  readonly background: boolean;
}

/** Everything routing decided about one event. */
export interface RoutedEvent {
  readonly eventId: number;
  readonly status: Extract<EventStatus, 'routed' | 'unmatched' | 'failed'>;
  readonly code: ErrorCode | null;
  readonly deliveries: readonly DeliveryDraft[];
}

/** A delivery claimed for sending. */
export interface ClaimedDelivery {
  readonly id: number;
  readonly eventId: number;
  readonly mapping: string;
  readonly destination: string;
  readonly endpoint: string;
  readonly request: string;
  /** The claim's number: only the newest claim may decide. */
  readonly claimNo: number;
  /** Places of the retry schedule used so far. */
  readonly retries: number;
  /** Attempts recorded so far. */
  readonly attempts: number;
  /** Since when it is pending, in ms: what `giveUpAfter` counts from. */
  readonly pendingSinceMs: number;
  /** How many deliveries its next call may carry, itself included, after a shared call failed; null = as many as fit. */
  readonly shareLimit: number | null;
}
