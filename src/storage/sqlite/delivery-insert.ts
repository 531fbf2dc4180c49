import type { Database } from 'better-sqlite3';
import type { ClaimedDelivery, DeliveryDraft } from '../../core/delivery.ts';
import type { ClaimOffer } from '../../ports/store.ts';
import { countDelivery } from './row-counts.ts';
import type { Tables } from './tables.ts';

/** The event that deliveries are made of. */
export interface DeliveredEvent {
  readonly id: number;
  /** The number of its name. */
  readonly name: number;
}

/** When and with what leave deliveries are made; what was claimed at once is added to `claimed`. */
export interface Making {
  readonly nowMs: number;
  readonly offers: readonly ClaimOffer[];
  readonly claimed: ClaimedDelivery[];
}

/** What a draft comes to in numbers. */
export interface Standing {
  readonly mapping: number;
  readonly version: number;
  readonly destination: number;
  readonly endpoint: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly head: 0 | 1;
  readonly dueMs: number | null;
}

type Numbers = [
  ...[id: number, event: number, eventName: number, mapping: number, version: number, part: number, run: number],
  ...[destination: number, endpoint: number, member: number | null, pos: number | null],
];
type AnyColumns = [
  ...[dueMs: number | null, createdMs: number, sinceMs: number, background: 0 | 1, head: 0 | 1],
  ...[status: string, reason: string | null, code: string | null, detail: string | null],
];

/** Inserts a delivery; its key, or null when it was there already. Only inside a transaction. */
type Insert = (event: DeliveredEvent, draft: DeliveryDraft, place: Standing, making: Making) => number | null;

/** Prepares the insertion of deliveries. `owner` is this process life, whose claims those are that are claimed at once. */
export function deliveryInserter(tables: Tables, owner: number): Insert {
  const { keys, times, blocks, openClaims } = tables;
  const insert = inserting(tables.db, owner);
  return (event, draft, place, { nowMs, offers, claimed }) => {
    const { mapping, destination, endpoint, member, pos } = place;
    const offer = place.head === 1 ? offerFor(draft, nowMs, offers) : null;
    const id = keys.delivery.next;
    if (!insert({ id, event, draft, place, nowMs }, offer)) return null;
    keys.delivery.use();
    times.note('delivery', id, nowMs);
    countDelivery(blocks, { id, event_name: event.name, mapping, destination, endpoint }, draft.status, 1);
    if (offer) {
      openClaims.set(id, { id, mapping, destination, member, pos, attempts: 0, claim_no: 1, owner });
      claimed.push(claimedAtOnce(id, event.id, draft, nowMs));
    }
    return id;
  };
}

const NUMBERS = 'id, event, event_name, mapping, version, part, run, destination, endpoint, member, pos';
const ONCE = 'ON CONFLICT (event, mapping, run, part) DO NOTHING';

interface NewRow {
  readonly id: number;
  readonly event: DeliveredEvent;
  readonly draft: DeliveryDraft;
  readonly place: Standing;
  readonly nowMs: number;
}

/** False when it was there already. */
type InsertRow = (row: NewRow, offer: ClaimOffer | null) => boolean;

function inserting(db: Database, owner: number): InsertRow {
  const insertPlain = plainInserter(db, owner);
  const insertAny = inserter(db);
  const own = db.prepare<[number, number, number]>(
    'UPDATE delivery SET claim_no = 1, owner = ?, due_ms = ? WHERE id = ?',
  );
  return (row, offer) => {
    const { reason, code, detail } = row.draft;
    if (!offer) return insertAny(row);
    if (reason === null && code === null && detail === null) return insertPlain(row, offer.leaseEndMs);
    const isNew = insertAny(row);
    if (isNew) own.run(owner, offer.leaseEndMs, row.id);
    return isNew;
  };
}

/** Of what is claimed at once, which is nearly everything and says the least. */
function plainInserter(db: Database, owner: number): (row: NewRow, leaseEndMs: number) => boolean {
  const insert = db.prepare<[...Numbers, dueMs: number, owner: number, createdMs: number, sinceMs: number]>(
    `INSERT INTO delivery (${NUMBERS}, due_ms, owner, created_ms, since_ms, head, status, claim_no)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'pending', 1) ${ONCE}`,
  );
  return ({ id, event, draft, place, nowMs }, leaseEndMs) => {
    const { mapping, version, destination, endpoint, member, pos } = place;
    const { part, run } = draft;
    const { changes } = insert.run(
      id,
      event.id,
      event.name,
      mapping,
      version,
      part,
      run,
      destination,
      endpoint,
      member,
      pos,
      leaseEndMs,
      owner,
      nowMs,
      nowMs,
    );
    return changes > 0;
  };
}

function inserter(db: Database): (row: NewRow) => boolean {
  const insert = db.prepare<[...Numbers, ...AnyColumns]>(
    `INSERT INTO delivery (${NUMBERS}, due_ms, created_ms, since_ms, background, head, status, reason, code, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${ONCE}`,
  );
  return ({ id, event, draft, place, nowMs }) => {
    const { mapping, version, destination, endpoint, member, pos, head, dueMs } = place;
    const { part, run, status, reason, code, detail } = draft;
    const { changes } = insert.run(
      ...([id, event.id, event.name, mapping, version, part, run, destination, endpoint, member, pos] as const),
      ...([dueMs, nowMs, nowMs, draft.background ? 1 : 0, head, status, reason, code, detail] as const),
    );
    return changes > 0;
  };
}

/** The offer that lets a new head or laneless delivery be claimed at once; null when none does. */
function offerFor(draft: DeliveryDraft, nowMs: number, offers: readonly ClaimOffer[]): ClaimOffer | null {
  if (draft.background || draft.dueAtMs > nowMs) return null;
  for (const offer of offers) {
    if (offer.destination !== draft.destination) continue;
    return offer.pausedEndpoints.includes(draft.endpoint) ? null : offer;
  }
  return null;
}

function claimedAtOnce(id: number, eventId: number, draft: DeliveryDraft, nowMs: number): ClaimedDelivery {
  return {
    id,
    eventId,
    mapping: draft.mapping,
    destination: draft.destination,
    endpoint: draft.endpoint,
    request: draft.request ?? '',
    claimNo: 1,
    retries: 0,
    attempts: 0,
    pendingSinceMs: nowMs,
    shareLimit: null,
  };
}
