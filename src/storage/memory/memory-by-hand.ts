import type { Pause, PauseCause } from '../../core/pause.ts';
import type { Applied } from '../../ports/store.ts';
import { enter, finish, leaveLane } from './memory-lanes.ts';
import type { DeliveryRecord, MemoryState } from './memory-state.ts';

/** Takes a pending delivery that is not in flight out of its lane for good. */
export function skipDelivery(state: MemoryState, id: number, nowMs: number): Applied {
  const record = state.deliveries.get(id);
  if (!record || !isQueued(record)) return 'stale';
  finish(state, record, { status: 'skipped', code: null, detail: null }, nowMs);
  record.reason = 'by_hand';
  return 'applied';
}

/** Lets a pending delivery that is not in flight, or one that is held, go at once. */
export function releaseDelivery(state: MemoryState, id: number, nowMs: number): Applied {
  const record = state.deliveries.get(id);
  if (record?.status === 'dead' && record.code === 'DELIVERY_HELD') return goAgain(state, record, nowMs);
  if (!record || !isQueued(record)) return 'stale';
  leaveLane(state, record);
  record.lane = null;
  record.dueAtMs = nowMs;
  return 'applied';
}

/** Begins a pause, unless one of the same cause goes on. */
export function beginPause(state: MemoryState, pause: Omit<Pause, 'untilMs'>): Applied {
  const goesOn = state.pauses.some(({ cause, ...known }) => cause === pause.cause && isOpen(known, pause));
  if (goesOn) return 'repeated';
  state.pauses.push({ ...pause, untilMs: null });
  return 'applied';
}

/** Ends the pauses of exactly this destination and endpoint. */
export function endPauses(
  state: MemoryState,
  of: Pick<Pause, 'destination' | 'endpoint'>,
  cause: PauseCause | null,
  nowMs: number,
): Applied {
  let applied: Applied = 'repeated';
  for (const [index, pause] of state.pauses.entries()) {
    if (!isOpen(pause, of) || (cause !== null && cause !== pause.cause)) continue;
    state.pauses[index] = { ...pause, untilMs: nowMs };
    applied = 'applied';
  }
  return applied;
}

function goAgain(state: MemoryState, record: DeliveryRecord, nowMs: number): Applied {
  const afresh = { code: null, detail: null, retries: 0, lane: null, dueAtMs: nowMs, sinceMs: nowMs } as const;
  Object.assign(record, { status: 'pending', ...afresh });
  enter(state, record);
  return 'applied';
}

function isQueued({ status, claimed }: DeliveryRecord): boolean {
  return status === 'pending' && !claimed;
}

function isOpen(pause: Omit<Pause, 'cause'>, of: Pick<Pause, 'destination' | 'endpoint'>): boolean {
  return pause.untilMs === null && pause.destination === of.destination && pause.endpoint === of.endpoint;
}
