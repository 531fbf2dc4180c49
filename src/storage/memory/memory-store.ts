import type { StoredEvent } from '../../core/event.ts';
import type { Receipt, Store } from '../../ports/store.ts';
import { acceptDraft } from './memory-accept.ts';
import { settleTry } from './memory-attempts.ts';
import { beginPause, endPauses, releaseDelivery, skipDelivery } from './memory-by-hand.ts';
import { claimDue, expired } from './memory-claims.ts';
import { learnLessons } from './memory-facts.ts';
import { memoryLog } from './memory-log.ts';
import { memoryReplays } from './memory-replays.ts';
import { isSendable, settleRoute } from './memory-routes.ts';
import { emptyState, type MemoryState, storedEvent } from './memory-state.ts';
import { pendingTo } from './memory-totals.ts';
import { memoryUpkeep } from './memory-upkeep.ts';
import { settleWait, waitingDue } from './memory-waiting.ts';

/** A store that forgets everything with the process: for tests, and the model that other adapters are held to. */
export function createMemoryStore(): Store {
  const state = emptyState();
  return {
    ...memoryLog(state),
    ...transitions(state),
    ...byHand(state),
    ...memoryReplays(state),
    ...memoryUpkeep(state),
    rememberMappings: async (mappings) => {
      for (const { id, version, text, file } of mappings) {
        const key = JSON.stringify([id, version]);
        if (!state.mappings.has(key)) state.mappings.set(key, { text, file });
      }
    },
    recordLoad: async (files, receipt) => recordLoad(state, files, receipt),
    probe: async () => {},
    close: async () => {},
  };
}

type Corridor =
  | 'accept'
  | 'claimEvents'
  | 'settleRoutes'
  | 'claimDeliveries'
  | 'expiredClaims'
  | 'pendingDestinations'
  | 'settleAttempts'
  | 'dueWaiting'
  | 'settleWaiting'
  | 'learn'
  | 'checkpoint';

function transitions(state: MemoryState): Pick<Store, Corridor> {
  return {
    accept: async (drafts, offers) => drafts.map((draft) => orError(() => acceptDraft(state, draft, offers))),
    claimEvents: async (limit) => claimAccepted(state, limit),
    settleRoutes: async (routed, nowMs, offers) => {
      // Where a neighbour's failure rejects the call, nobody would learn of the claims.
      const given = routed.every(({ deliveries }) => deliveries.every(isSendable)) ? offers : [];
      return each(routed, (one) => settleRoute(state, one, nowMs, given));
    },
    claimDeliveries: async (claim) => claimDue(state, claim),
    expiredClaims: async (nowMs, limit, all) => expired(state, nowMs, limit, all),
    pendingDestinations: async () => pendingTo(state),
    settleAttempts: async (settled) => each(settled, (one) => settleTry(state, one)),
    dueWaiting: async (nowMs, limit) => waitingDue(state, nowMs, limit),
    settleWaiting: async (settled, nowMs) => each(settled, (one) => settleWait(state, one, nowMs)),
    learn: async (lessons, checkpoint, nowMs) => learnLessons(state, lessons, { checkpoint, nowMs }),
    checkpoint: async (name) => state.checkpoints.get(name) ?? null,
  };
}

function byHand(state: MemoryState): Pick<Store, 'skipDeliveries' | 'releaseDeliveries' | 'pause' | 'resume'> {
  return {
    skipDeliveries: async (ids, nowMs) => ids.map((id) => skipDelivery(state, id, nowMs)),
    releaseDeliveries: async (ids, nowMs) => ids.map((id) => releaseDelivery(state, id, nowMs)),
    pause: async (pause) => beginPause(state, pause),
    resume: async (of, cause, nowMs) => endPauses(state, of, cause, nowMs),
  };
}

function claimAccepted(state: MemoryState, limit: number): readonly StoredEvent[] {
  const claimed = [...state.events.values()]
    .filter(({ id, status }) => id > state.lastClaimedEvent && status === 'accepted')
    .slice(0, limit);
  state.lastClaimedEvent = claimed.at(-1)?.id ?? state.lastClaimedEvent;
  return claimed.map(storedEvent);
}

function recordLoad(state: MemoryState, files: MemoryState['files'], receipt: Receipt): void {
  state.files = [...files].sort((left, right) => (left.file < right.file ? -1 : 1));
  state.last.receipt += 1;
  state.receipts.push({ ...receipt, id: state.last.receipt });
}

function orError<Value>(act: () => Value): Value | { readonly ok: false; readonly error: Error } {
  try {
    return act();
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Does every item; when one fails, its neighbours stand and the call rejects. */
function each<Item, Result>(items: readonly Item[], act: (item: Item) => Result): readonly Result[] {
  const results: Result[] = [];
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      results.push(act(item));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return results;
}
