import type { Store } from '../../src/ports/store.ts';
import { memberKey } from '../drafts.ts';
import { chunksOf, openStoreToFill } from '../fill-store.ts';
import { requireAccepted } from '../require-accepted.ts';
import { dueDelivery, routedDraft, settlements, unroutedDraft } from './row-drafts.ts';
import { destinations, MEMBERS, type Outcome, rowMs, rowOf } from './world.ts';

/** How far a database was grown. */
export interface Growth {
  /** Row numbers below are in it. */
  readonly rows: number;
  /** Of these, how many are blocked behind lane heads. */
  readonly blocked: number;
}

const CHECKPOINT = 'bench-log';
const CLAIM_MS = 60_000;
/** Rows between two words to the reader who waits. */
const TELL_EVERY = 500_000;
/** Lanes with a head in retry: one in every so many blocked rows is a head. */
const LANE_LENGTH = 1_000;
const BLOCKING: Outcome = { status: 'pending', code: 'DELIVERY_UNAVAILABLE', reason: null, attempts: 1, share: 0 };

/** How far it was grown; nothing when it is new. */
export async function growthOf(store: Pick<Store, 'checkpoint'>): Promise<Growth> {
  const kept = await store.checkpoint(CHECKPOINT);
  return kept === null ? { rows: 0, blocked: 0 } : (JSON.parse(kept) as Growth);
}

/** Notes how far it was grown, for the next run. */
export async function noteGrowth(store: Pick<Store, 'learn'>, growth: Growth): Promise<void> {
  await store.learn([], { name: CHECKPOINT, value: JSON.stringify(growth) }, rowMs(growth.rows));
}

/** Told now and then how many rows there are. */
type OnGrown = (rows: number) => void;

/** Grows a database to this many rows, as a server would have written them. Goes on where an earlier run ended. */
export async function grow(path: string, rows: number, onGrown: OnGrown): Promise<void> {
  await growing(path, async (store, growth) => {
    for (const sequences of chunksOf(growth.rows, rows)) {
      await addRows(store, sequences);
      const grownTo = (sequences.at(-1) ?? 0) + 1;
      await noteGrowth(store, { ...growth, rows: grownTo });
      if (Math.floor(grownTo / TELL_EVERY) > Math.floor((sequences[0] ?? 0) / TELL_EVERY)) onGrown(grownTo);
    }
  });
}

/** Adds rows that are blocked behind lane heads in retry. */
export async function block(path: string, blocked: number): Promise<void> {
  await growing(path, async (store, growth) => {
    for (const sequences of chunksOf(growth.rows, growth.rows + blocked - growth.blocked)) {
      await addBlocked(store, sequences);
      const rows = (sequences.at(-1) ?? 0) + 1;
      await noteGrowth(store, { rows, blocked: growth.blocked + rows - growth.rows });
    }
  });
}

async function growing(path: string, act: (store: Store, growth: Growth) => Promise<void>): Promise<void> {
  const store = openStoreToFill(path, rowMs(0));
  try {
    await act(store, await growthOf(store));
  } finally {
    await store.close();
  }
}

async function addRows(store: Store, sequences: readonly number[]): Promise<void> {
  const nowMs = rowMs(sequences[0] ?? 0);
  const accepted = requireAccepted(await store.accept(sequences.map(routedDraft), offers(nowMs)));
  const settled = accepted.flatMap(({ claimed }, index) => {
    const { outcome } = rowOf(sequences[index] ?? 0);
    return claimed.flatMap((one) => settlements(one, outcome, nowMs));
  });
  await store.settleAttempts(settled);
}

/** The first of every lane is tried and waits for its retry; what comes after is never claimed. */
async function addBlocked(store: Store, sequences: readonly number[]): Promise<void> {
  const nowMs = rowMs(sequences[0] ?? 0);
  const drafts = sequences.map((sequence) => {
    const member = memberKey(MEMBERS + Math.floor(sequence / LANE_LENGTH));
    const delivery = { ...dueDelivery(sequence), destination: 'bloomreach', endpoint: 'event', member };
    return { ...unroutedDraft(sequence), routed: { status: 'routed', deliveries: [delivery] } as const };
  });
  const accepted = requireAccepted(await store.accept(drafts, offers(nowMs)));
  const heads = accepted.flatMap(({ claimed }) => claimed);
  await store.settleAttempts(heads.flatMap((head) => settlements(head, BLOCKING, nowMs)));
}

function offers(nowMs: number) {
  const leaseEndMs = nowMs + CLAIM_MS;
  return destinations().map((destination) => ({ destination, pausedEndpoints: [], leaseEndMs }));
}
