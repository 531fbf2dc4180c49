import type { ClaimedDelivery, DeliveryDraft } from '../../core/delivery.ts';
import type { FactKey } from '../../core/event.ts';
import type { ClaimOffer } from '../../ports/store.ts';
import { FIRST_POS } from './lanes.ts';
import { countDelivery, markAddress, moveDelivery } from './row-counts.ts';
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

/** Writes deliveries as routing decided them. Only inside a transaction. */
export interface Deliveries {
  /** Adds one; false when it was there already. */
  add(event: DeliveredEvent, draft: DeliveryDraft, making: Making): boolean;
  /** Decides a waiting one anew, in its own row. */
  reshape(id: number, draft: DeliveryDraft, nowMs: number): void;
}

/** What a draft comes to in numbers. */
interface Standing {
  readonly mapping: number;
  readonly version: number;
  readonly destination: number;
  readonly endpoint: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly head: 0 | 1;
  readonly dueMs: number | null;
}

type AddedColumns = [
  ...[id: number, event: number, eventName: number, mapping: number, version: number, part: number, run: number],
  ...[destination: number, endpoint: number, member: number | null, pos: number | null, head: 0 | 1],
  ...[status: string, reason: string | null, code: string | null, detail: string | null, dueMs: number | null],
  ...[claimNo: 0 | 1, owner: number | null, background: 0 | 1, createdMs: number, sinceMs: number],
];

type ReshapedColumns = [
  ...[version: number, destination: number, endpoint: number, member: number | null, pos: number | null, head: 0 | 1],
  ...[status: string, reason: string | null, code: string | null, detail: string | null, dueMs: number | null],
  ...[background: 0 | 1, sinceMs: number | null, id: number],
];

/** Prepares the writing of deliveries. `owner` is this process life, whose claims those are that are claimed at once. */
export function openDeliveries(tables: Tables, owner: number): Deliveries {
  const standing = standings(tables);
  const keep = keeper(tables);
  const insert = inserter(tables, owner);
  const update = updater(tables);
  return {
    add(event, draft, making) {
      const place = standing(draft, making.nowMs);
      const id = insert(event, draft, place, making);
      if (id === null) return false;
      keep(id, draft, place.mapping, making.nowMs);
      return true;
    },
    reshape(id, draft, nowMs) {
      const place = standing(draft, nowMs);
      update(id, draft, place, nowMs);
      keep(id, draft, place.mapping, nowMs);
    },
  };
}

type Insert = (event: DeliveredEvent, draft: DeliveryDraft, place: Standing, making: Making) => number | null;

function inserter({ db, keys, times, blocks, openClaims }: Tables, owner: number): Insert {
  const insert = db.prepare<AddedColumns>(
    `INSERT INTO delivery (id, event, event_name, mapping, version, part, run, destination, endpoint, member, pos, head,
       status, reason, code, detail, due_ms, claim_no, owner, background, created_ms, since_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (event, mapping, run, part) DO NOTHING`,
  );
  return (event, draft, place, { nowMs, offers, claimed }) => {
    const { mapping, destination, endpoint, member, pos, head } = place;
    const { part, run, status, reason, code, detail } = draft;
    const offer = head === 1 ? offerFor(draft, nowMs, offers) : null;
    const id = keys.delivery.next;
    const numbers = [id, event.id, event.name, mapping, place.version, part, run, destination, endpoint] as const;
    const standing = [member, pos, head, status, reason, code, detail] as const;
    const claim = [offer ? offer.leaseEndMs : place.dueMs, offer ? 1 : 0, offer ? owner : null] as const;
    const { changes } = insert.run(...numbers, ...standing, ...claim, draft.background ? 1 : 0, nowMs, nowMs);
    if (changes === 0) return null;
    keys.delivery.use();
    times.note('delivery', id, nowMs);
    countDelivery(blocks, { id, event_name: event.name, mapping, destination, endpoint }, status, 1);
    if (offer) {
      openClaims.set(id, { id, mapping, destination, member, pos, attempts: 0, claim_no: 1, owner });
      claimed.push(claimedAtOnce(id, event.id, draft, nowMs));
    }
    return id;
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

function updater({ db, blocks }: Tables): (id: number, draft: DeliveryDraft, place: Standing, nowMs: number) => void {
  const update = db.prepare<ReshapedColumns>(
    `UPDATE delivery SET version = ?, destination = ?, endpoint = ?, member = ?, pos = ?, head = ?, status = ?,
       reason = ?, code = ?, detail = ?, due_ms = ?, background = ?, since_ms = coalesce(?, since_ms)
     WHERE id = ?`,
  );
  const thaw = db.prepare<[number]>('DELETE FROM frozen WHERE delivery = ?');
  return (id, draft, place, nowMs) => {
    const { mapping, version, destination, endpoint, member, pos, head, dueMs } = place;
    const { status, reason, code, detail } = draft;
    markAddress(blocks, { id, destination, endpoint });
    moveDelivery(blocks, { id, mapping }, 'waiting', status);
    const standing = [version, destination, endpoint, member, pos, head, status, reason, code, detail, dueMs] as const;
    update.run(...standing, draft.background ? 1 : 0, status === 'waiting' ? null : nowMs, id);
    thaw.run(id);
  };
}

function standings(tables: Tables): (draft: DeliveryDraft, nowMs: number) => Standing {
  const { names, members, versions, lanes, facts } = tables;
  return (draft, nowMs) => {
    const isPending = draft.status === 'pending';
    if (isPending && draft.request === null) {
      throw new Error(`A pending delivery of ${draft.mapping} has no request`);
    }
    const { mapping, version } = versions.idOf(draft.mapping, draft.mappingVersion);
    const destination = names.idOf(draft.destination);
    const member = draft.member === null ? null : members.of(draft.member).id;
    const pos = isPending && draft.ordered && member !== null ? lanes.nextPos(member, destination) : null;
    return {
      mapping,
      version,
      destination,
      endpoint: names.idOf(draft.endpoint),
      member,
      pos,
      head: isPending && (pos === null || pos === FIRST_POS) ? 1 : 0,
      dueMs: dueOf(draft, nowMs, facts.someArrived),
    };
  };
}

/** A fact that arrived between the look and its commit makes the delivery due at once. */
function dueOf(draft: DeliveryDraft, nowMs: number, someArrived: (keys: readonly FactKey[]) => boolean): number | null {
  if (draft.status === 'pending') return draft.dueAtMs;
  if (draft.status !== 'waiting') return null;
  return someArrived(draft.missing) ? Math.min(draft.dueAtMs, nowMs) : draft.dueAtMs;
}

/** Keeps what goes with a delivery: what was frozen, what it waits for, the count of where it came to rest. */
function keeper(tables: Tables): (id: number, draft: DeliveryDraft, mapping: number, nowMs: number) => void {
  const { db, facts, counters } = tables;
  const freeze = db.prepare<[number, string | null, string | null, string | null]>(
    'INSERT INTO frozen (delivery, request, lookups, empty_keys) VALUES (?, ?, ?, ?)',
  );
  return (id, { request, lookups, emptyKeys, status, missing }, mapping, nowMs) => {
    if (request !== null || lookups.length > 0 || emptyKeys.length > 0) {
      freeze.run(id, request, listText(lookups), listText(emptyKeys));
    }
    if (status === 'waiting') facts.await(id, missing);
    else if (status !== 'pending') counters.count(`delivery ${status}`, nowMs, mapping);
  };
}

function listText(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}
