import type { AttemptDraft } from '../core/attempt.ts';
import type { ClaimedDelivery, DeliveryDraft, RoutedEvent } from '../core/delivery.ts';
import type { EventDraft, Identity, StoredEvent } from '../core/event.ts';
import type { Mapping } from '../core/mapping.ts';
import type { Pause, PauseCause } from '../core/pause.ts';
import type { Decision } from '../core/retry-policy.ts';
import type { Log, MappingFile } from './log.ts';
import type { ReplayStore } from './replays.ts';
import type { Upkeep } from './upkeep.ts';

export type { MappingFile } from './log.ts';

/** What accepting one draft came to. */
export type Accepted =
  | {
      readonly ok: true;
      readonly eventId: number;
      readonly duplicate: boolean;
      /** Of a duplicate: the body that was stored first; null when it is not kept any more, and for a new event. */
      readonly original: string | null;
      /** What was claimed of its deliveries. */
      readonly claimed: readonly ClaimedDelivery[];
    }
  /** The store's refusal, or what is wrong with this draft alone. */
  | { readonly ok: false; readonly error: Error };

/** What a transition did with one item: `stale` = a newer claim decides; `repeated` = it was done before. */
export type Applied = 'applied' | 'stale' | 'repeated';

/** Leave to claim for a destination, in the commit that makes them, deliveries that are heads or laneless. */
export interface ClaimOffer {
  readonly destination: string;
  /** Endpoints whose deliveries are not claimed. */
  readonly pausedEndpoints: readonly string[];
  /** When the claims expire. */
  readonly leaseEndMs: number;
}

/** Which deliveries to claim. */
export interface Claim extends ClaimOffer {
  readonly limit: number;
  readonly nowMs: number;
}

/** An event as it is accepted: where all that its mappings need was at hand, already routed. */
export interface AcceptedDraft extends EventDraft {
  /** Null = it is still to be routed. */
  readonly routed: Pick<RoutedEvent, 'status' | 'deliveries'> | null;
}

/** What settling one route did. */
export interface SettledRoute {
  readonly applied: Applied;
  readonly claimed: readonly ClaimedDelivery[];
}

/** One try, and what becomes of its delivery. */
export interface SettledAttempt {
  readonly deliveryId: number;
  readonly claimNo: number;
  /** Null when nothing was tried (a released claim). */
  readonly attempt: AttemptDraft | null;
  readonly decision: Decision;
  /** Kept with the delivery for its next call; see `ClaimedDelivery`. */
  readonly shareLimit: number | null;
  readonly nowMs: number;
}

/** A delivery that waits for a fact and whose time has come. */
export interface WaitingDelivery {
  readonly id: number;
  readonly event: StoredEvent;
  readonly mapping: string;
  readonly run: number;
  /** Since when it waits, in ms. */
  readonly waitingSinceMs: number;
}

/** What a look at a waiting delivery came to. */
export type SettledWaiting =
  /** Its own row first (part 0, which may be waiting still), further parts after it. */
  | { readonly kind: 'shaped'; readonly deliveryId: number; readonly deliveries: readonly DeliveryDraft[] }
  /** Its mapping is gone or at rest: looked at again at `dueAtMs`; null = its time is up, dead with `TRANSFORM_RECALL_MISSING`. */
  | { readonly kind: 'postponed'; readonly deliveryId: number; readonly dueAtMs: number | null };

/** The stored record of one load of the mappings: the newest tells what is live. */
export interface Receipt {
  readonly atMs: number;
  readonly outcome: 'accepted' | 'refused' | 'partly';
  readonly durationMs: number;
  /** JSON text: per file the old and new versions, accepted or refused with its lints. */
  readonly detail: string;
}

/** How far a long piece of work got, kept under a name in the commit of what it did; `value` null = forget it. */
export interface Checkpoint {
  readonly name: string;
  readonly value: string | null;
}

/**
 * The durable state: whole transitions over arrays, results per item. What arrives in one turn of the event loop
 * shares one commit; a promise resolves after its commit, and rejects with `STORE_UNWRITABLE` or `STORE_FAILED` when
 * the commit fails, in which case nothing of it happened. One bad item never fails its neighbours.
 */
export interface Store extends Log, ReplayStore, Upkeep {
  /** Stores events with their aliases and facts, each once; with its deliveries, where it comes routed. */
  accept(drafts: readonly AcceptedDraft[], offers: readonly ClaimOffer[]): Promise<readonly Accepted[]>;
  /** Hands out accepted events in acceptance order, each once per process life. */
  claimEvents(limit: number): Promise<readonly StoredEvent[]>;
  /** Writes what routing decided. Routing twice writes nothing twice. */
  settleRoutes(
    routed: readonly RoutedEvent[],
    nowMs: number,
    offers: readonly ClaimOffer[],
  ): Promise<readonly SettledRoute[]>;
  /** Claims heads and laneless deliveries that are due, oldest due first; those of a replay when room is left. */
  claimDeliveries(claim: Claim): Promise<readonly ClaimedDelivery[]>;
  /** The destinations that anything is pending to, configured or not. */
  pendingDestinations(): Promise<readonly string[]>;
  /** Claims whose lease ended before `nowMs`; with `all`, every claim (of a process that died). Changes nothing. */
  expiredClaims(nowMs: number, limit: number, all: boolean): Promise<readonly ClaimedDelivery[]>;
  /** Logs tries and applies their decisions. A stale claim's decision is dropped, its attempt kept. */
  settleAttempts(settled: readonly SettledAttempt[]): Promise<readonly Applied[]>;
  /**
   * Takes pending deliveries that are not in flight out of their lanes for good: `skipped`, reason `by_hand`. `stale` =
   * it is not there, in flight, or not pending any more.
   */
  skipDeliveries(ids: readonly number[], nowMs: number): Promise<readonly Applied[]>;
  /**
   * Lets pending deliveries that are not in flight go at once: due now, and no longer in a lane. Those that are held
   * (`dead` with `DELIVERY_HELD`) become pending again. `stale` as above.
   */
  releaseDeliveries(ids: readonly number[], nowMs: number): Promise<readonly Applied[]>;
  /** Begins a pause; `repeated` when one of the same cause goes on for the same destination and endpoint. */
  pause(pause: Omit<Pause, 'untilMs'>): Promise<Applied>;
  /** Ends the pauses of exactly this destination and endpoint (of this cause, or of all with null); `repeated` = none went on. */
  resume(of: Pick<Pause, 'destination' | 'endpoint'>, cause: PauseCause | null, nowMs: number): Promise<Applied>;
  /** Waiting deliveries whose next look is due, or whose fact has arrived. */
  dueWaiting(nowMs: number, limit: number): Promise<readonly WaitingDelivery[]>;
  settleWaiting(settled: readonly SettledWaiting[], nowMs: number): Promise<readonly Applied[]>;
  /**
   * Learns identities without an event, all of them and the checkpoint or nothing. Per identity `stale` when a newer
   * fact is known, `repeated` when it is known already. Who waits for a fact becomes due at `nowMs`.
   */
  learn(lessons: readonly Identity[], checkpoint: Checkpoint | null, nowMs: number): Promise<readonly Applied[]>;
  /** What was kept under this name; null when nothing was. */
  checkpoint(name: string): Promise<string | null>;
  /** Keeps the texts of these mappings, once per version. */
  rememberMappings(mappings: readonly Mapping[], nowMs: number): Promise<void>;
  /** Makes these the last good files, and stores the receipt of the load. */
  recordLoad(files: readonly MappingFile[], receipt: Receipt): Promise<void>;
  /** Writes a heartbeat: rejects like any transition when the store cannot be written. */
  probe(nowMs: number): Promise<void>;
  close(): Promise<void>;
}
