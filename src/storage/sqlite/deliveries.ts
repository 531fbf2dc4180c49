import type { DeliveryDraft } from '../../core/delivery.ts';
import type { FactKey } from '../../core/event.ts';
import type { Tables } from './tables.ts';

/** The event that deliveries are made of. */
interface DeliveredEvent {
  readonly id: number;
  /** The number of its name. */
  readonly name: number;
}

/** Writes deliveries as routing decided them. Only inside a transaction. */
export interface Deliveries {
  /** Adds one; false when it was there already. */
  add(event: DeliveredEvent, draft: DeliveryDraft, nowMs: number): boolean;
  /** Decides a waiting one anew, in its own row. */
  reshape(id: number, draft: DeliveryDraft, nowMs: number): void;
}

/** What a draft comes to in columns. */
type Standing = [
  version: number,
  destination: number,
  endpoint: number,
  member: number | null,
  pos: number | null,
  head: 0 | 1,
  status: string,
  reason: string | null,
  code: string | null,
  dueMs: number | null,
  detail: string | null,
];

/** Prepares the writing of deliveries. */
export function openDeliveries(tables: Tables): Deliveries {
  const { db, versions, times } = tables;
  const find = db.prepare<[number, number, number, number]>(
    'SELECT 1 FROM delivery WHERE event = ? AND mapping = ? AND run = ? AND part = ?',
  );
  const insert = db
    .prepare<[number, number, number, number, number, number, number, ...Standing], number>(
      `INSERT INTO delivery (event, event_name, mapping, run, part, created_ms, since_ms,
         version, destination, endpoint, member, pos, head, status, reason, code, due_ms, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    )
    .pluck();
  const update = db.prepare<[...Standing, number | null, number]>(
    `UPDATE delivery SET version = ?, destination = ?, endpoint = ?, member = ?, pos = ?, head = ?, status = ?,
       reason = ?, code = ?, due_ms = ?, detail = ?, since_ms = coalesce(?, since_ms)
     WHERE id = ?`,
  );
  const thaw = db.prepare<[number]>('DELETE FROM frozen WHERE delivery = ?');
  const standing = standings(tables);
  const keep = keeper(tables);
  return {
    add(event, draft, nowMs) {
      const { mapping } = versions.idOf(draft.mapping, draft.mappingVersion);
      const { run, part } = draft;
      if (find.get(event.id, mapping, run, part)) return false;
      const row = [event.id, event.name, mapping, run, part, nowMs, nowMs] as const;
      const id = Number(insert.get(...row, ...standing(draft, nowMs)));
      times.note('delivery', id, nowMs);
      keep(id, draft, mapping, nowMs);
      return true;
    },
    reshape(id, draft, nowMs) {
      update.run(...standing(draft, nowMs), draft.status === 'waiting' ? null : nowMs, id);
      thaw.run(id);
      keep(id, draft, versions.idOf(draft.mapping, draft.mappingVersion).mapping, nowMs);
    },
  };
}

function standings({
  names,
  members,
  versions,
  lanes,
  facts,
}: Tables): (draft: DeliveryDraft, nowMs: number) => Standing {
  return (draft, nowMs) => {
    if (draft.status === 'pending' && draft.request === null) {
      throw new Error(`A pending delivery of ${draft.mapping} has no request`);
    }
    const destination = names.idOf(draft.destination);
    const member = draft.member === null ? null : members.idOf(draft.member);
    const queues = draft.status === 'pending' && draft.ordered && member !== null;
    const alone = { pos: null, head: draft.status === 'pending' ? 1 : 0 } as const;
    const { pos, head } = queues ? lanes.tail(member, destination) : alone;
    return [
      versions.idOf(draft.mapping, draft.mappingVersion).version,
      destination,
      names.idOf(draft.endpoint),
      member,
      pos,
      head,
      draft.status,
      draft.reason,
      draft.code,
      dueOf(draft, nowMs, facts.someArrived),
      draft.detail,
    ];
  };
}

/** A fact that arrived between the look and its commit makes the delivery due at once. */
function dueOf(draft: DeliveryDraft, nowMs: number, someArrived: (keys: readonly FactKey[]) => boolean): number | null {
  if (draft.status === 'pending') return draft.dueAtMs;
  if (draft.status !== 'waiting') return null;
  return someArrived(draft.missing) ? Math.min(draft.dueAtMs, nowMs) : draft.dueAtMs;
}

/** Keeps what goes with a delivery: what was frozen, what it waits for, the count of where it came to rest. */
function keeper({
  db,
  facts,
  count,
}: Tables): (id: number, draft: DeliveryDraft, mapping: number, nowMs: number) => void {
  const freeze = db.prepare<[number, string | null, string | null, string | null]>(
    'INSERT INTO frozen (delivery, request, lookups, empty_keys) VALUES (?, ?, ?, ?)',
  );
  return (id, { request, lookups, emptyKeys, status, missing }, mapping, nowMs) => {
    if (request !== null || lookups.length > 0 || emptyKeys.length > 0) {
      freeze.run(id, request, listText(lookups), listText(emptyKeys));
    }
    if (status === 'waiting') facts.await(id, missing);
    else if (status !== 'pending') count(`delivery ${status}`, nowMs, mapping);
  };
}

function listText(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}
