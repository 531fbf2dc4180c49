import type { Answer } from '../core/attempt.ts';
import type { ClaimedDelivery, DeliveryDraft, RoutedEvent } from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { EventDraft } from '../core/event.ts';
import type { ReplayCounts } from '../core/replay.ts';
import type { Decision } from '../core/retry-policy.ts';
import type { Accepted, AcceptedDraft, Receipt } from './store.ts';

/** One delivery of a call that came back, and what becomes of it. */
export interface MeteredTry {
  readonly claim: {
    readonly delivery: Pick<ClaimedDelivery, 'mapping' | 'destination' | 'endpoint' | 'pendingSinceMs'>;
  };
  readonly answer: Pick<Answer, 'verdict' | 'code'>;
  readonly decision: Decision;
}

/** A call that came back. Times in ms. */
export interface MeteredCall {
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly result: { readonly failed: boolean };
}

/**
 * Counts what happens, once per commit, chunk or call rather than per event: it stands on the hot path. It never throws
 * and keeps nothing of what it is shown.
 */
export interface Meter {
  /** A commit that holds what the door brought. */
  accepted(drafts: readonly AcceptedDraft[], accepted: readonly Accepted[]): void;
  /** A webhook that was not taken. */
  refused(code: ErrorCode): void;
  /** Events that were routed after they were stored; both in the same order. */
  routed(events: readonly Pick<EventDraft, 'source'>[], routed: readonly RoutedEvent[]): void;
  /** Deliveries that were made otherwise: of a fact that arrived, of a replay. */
  made(deliveries: readonly DeliveryDraft[]): void;
  called(call: MeteredCall, tries: readonly MeteredTry[]): void;
  /** Tries whose call never came back. */
  interrupted(tries: readonly MeteredTry[]): void;
  skippedByHand(): void;
  loaded(outcome: Receipt['outcome']): void;
  /** How many replays are running now. */
  replaysRunning(count: number): void;
  /** A step of a replay: where it stood before, and after. */
  replayed(before: ReplayCounts, after: ReplayCounts): void;
}
