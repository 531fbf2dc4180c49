import type { DeliveryDraft } from '../../core/delivery.ts';
import type { FactKey } from '../../core/event.ts';
import { type DeliveredEvent, deliveryInserter, type Making, type Standing } from './delivery-insert.ts';
import { FIRST_POS } from './lanes.ts';
import { markAddress, moveDelivery } from './row-counts.ts';
import type { Tables } from './tables.ts';

/** Writes deliveries as routing decided them. Only inside a transaction. */
export interface Deliveries {
  /** Adds one; false when it was there already. */
  add(event: DeliveredEvent, draft: DeliveryDraft, making: Making): boolean;
  /** Decides a waiting one anew, in its own row. */
  reshape(id: number, draft: DeliveryDraft, nowMs: number): void;
}

type ReshapedColumns = [
  ...[version: number, destination: number, endpoint: number, member: number | null, pos: number | null, head: 0 | 1],
  ...[status: string, reason: string | null, code: string | null, detail: string | null, dueMs: number | null],
  ...[background: 0 | 1, sinceMs: number | null, id: number],
];

/** Prepares the writing of deliveries. `owner` is this process life, whose claims those are that are claimed at once. */
export function openDeliveries(tables: Tables, owner: number): Deliveries {
  const standing = standings(tables);
  const keep = keeper(tables);
  const insert = deliveryInserter(tables, owner);
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
  const freezeRequest = db.prepare<[number, string]>('INSERT INTO frozen (delivery, request) VALUES (?, ?)');
  const freeze = db.prepare<[number, string | null, string | null, string | null]>(
    'INSERT INTO frozen (delivery, request, lookups, empty_keys) VALUES (?, ?, ?, ?)',
  );
  return (id, { request, lookups, emptyKeys, status, missing }, mapping, nowMs) => {
    if (lookups.length > 0 || emptyKeys.length > 0) freeze.run(id, request, listText(lookups), listText(emptyKeys));
    else if (request !== null) freezeRequest.run(id, request);
    if (status === 'waiting') facts.await(id, missing);
    else if (status !== 'pending') counters.count(`delivery ${status}`, nowMs, mapping);
  };
}

function listText(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}
