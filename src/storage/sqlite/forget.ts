import type { Forgetting } from '../../ports/upkeep.ts';
import { erasure } from './erase.ts';
import { memberEraser } from './forget-member.ts';
import { type KeptForgetting, newForgetting, openForgettingRows } from './forgetting-rows.ts';
import { openKnownMembers } from './known-members.ts';
import { type Packed, unpack } from './packed.ts';
import type { ReplayRows } from './replay-rows.ts';
import { strayDeliveries } from './stray-deliveries.ts';
import type { Tables } from './tables.ts';

/** Erases members: each call one short piece of work, kept in the commit of what it did. Only inside a transaction. */
export interface Forgetter {
  begin(members: readonly string[]): readonly Forgetting[];
  /** Goes on until the bytes are to leave the files. Null when there is no such forgetting. */
  step(id: number, limit: number, nowMs: number): Forgetting | null;
  /** Ends a forgetting whose bytes are gone. */
  end(id: number): Forgetting | null;
  /** Reads only. */
  all(): readonly Forgetting[];
}

interface EventRow {
  readonly id: number;
  readonly source: string;
  readonly storeCode: string;
  readonly name: string;
  readonly messageId: Packed | null;
  readonly dedupeKey: Packed | null;
  readonly isInFlight: 0 | 1;
}

interface OwnDelivery {
  readonly id: number;
  readonly event: number;
  readonly eventMember: number | null;
  readonly isInFlight: 0 | 1;
}

/** Prepares forgetting. `owner` is this process life: a claim of another one sends nothing any more. */
export function forgetting(tables: Tables, replays: ReplayRows, owner: number): Forgetter {
  const rows = openForgettingRows(tables.db);
  const known = openKnownMembers(tables.db);
  const stages = {
    erasing: eventEraser(tables, owner),
    searching: searcher(tables, owner),
  };
  const eraseMember = memberEraser(tables, known, replays);
  return {
    all: () => rows.all().map((kept) => viewOf(kept, false)),
    begin: (members) =>
      members.flatMap((member) => {
        const id = known.idOf(member);
        return id === null ? [] : [viewOf(rows.find(id) ?? rows.keep(newForgetting(id)), false)];
      }),
    step(id, limit, nowMs) {
      const kept = rows.find(id);
      if (!kept) return null;
      if (kept.stage === 'purging') return viewOf(kept, false);
      const { next, isHeldUp } = stages[kept.stage](kept, limit, nowMs);
      if (next.stage !== 'purging') return viewOf(rows.keep(next), isHeldUp);
      return viewOf(rows.keep({ ...next, counts: eraseMember(id, next.counts, nowMs) }), false);
    },
    end(id) {
      const kept = rows.find(id);
      rows.drop(id);
      return kept ? { ...viewOf(kept, false), stage: 'done' } : null;
    },
  };
}

function viewOf({ id, stage, counts }: KeptForgetting, isHeldUp: boolean): Forgetting {
  return { id, ...counts, stage: stage === 'purging' ? stage : 'erasing', isHeldUp };
}

interface Stepped {
  readonly next: KeptForgetting;
  readonly isHeldUp: boolean;
}

type Stage = (kept: KeptForgetting, limit: number, nowMs: number) => Stepped;

/**
 * Erases her events, the newest first, so that nothing behind a lane's head is sent any more; then deliveries to her that
 * events about others made.
 */
function eventEraser(tables: Tables, owner: number): Stage {
  const { db } = tables;
  const events = db
    .prepare<[number, number], number>(
      'SELECT id FROM event INDEXED BY event_member WHERE member = ? ORDER BY id DESC LIMIT ?',
    )
    .pluck();
  const deliveries = db.prepare<[number, number, number], OwnDelivery>(
    `SELECT d.id, d.event, (SELECT member FROM event WHERE id = d.event) AS eventMember,
       coalesce(d.owner = ?, 0) AS isInFlight
     FROM delivery d INDEXED BY delivery_member WHERE d.member = ? ORDER BY d.id DESC LIMIT ?`,
  );
  const erase = eraser(tables, owner);
  return (kept, limit, nowMs) => {
    const gone = erase.from(kept, nowMs);
    for (const id of events.all(kept.id, limit)) gone.event(id);
    for (const { id, event, eventMember, isInFlight } of deliveries.all(owner, kept.id, limit)) {
      // What is erased with its event already is not there any more.
      if (eventMember === null) gone.event(event);
      else if (eventMember !== kept.id) gone.delivery(id, isInFlight === 1);
    }
    const { counts, isHeldUp, erased } = gone.done();
    const stage = erased === 0 && !isHeldUp ? 'searching' : 'erasing';
    return { next: { ...kept, counts, stage }, isHeldUp: isHeldUp && erased === 0 };
  };
}

/** Looks for events about nobody that recalled her facts. */
function searcher(tables: Tables, owner: number): Stage {
  const strays = strayDeliveries(tables.db);
  const erase = eraser(tables, owner);
  const isLeft = tables.db
    .prepare<[number, number], number>(
      `SELECT EXISTS (SELECT 1 FROM event INDEXED BY event_member WHERE member = ?)
         OR EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_member WHERE member = ?)`,
    )
    .pluck();
  return (kept, _limit, nowMs) => {
    // Something of hers came in the meantime.
    if (isLeft.get(kept.id, kept.id) === 1) return { next: { ...kept, stage: 'erasing' }, isHeldUp: false };
    const found = strays(kept.id, kept.after);
    const gone = erase.from(kept, nowMs);
    for (const event of found.events) gone.event(event);
    const { counts, isHeldUp } = gone.done();
    if (isHeldUp) return { next: { ...kept, counts }, isHeldUp };
    if (found.next === null) return { next: { ...kept, counts, stage: 'purging' }, isHeldUp };
    return { next: { ...kept, counts, after: found.next }, isHeldUp };
  };
}

interface Erasing {
  event(id: number): void;
  delivery(id: number, isInFlight: boolean): void;
  done(): { readonly counts: KeptForgetting['counts']; readonly isHeldUp: boolean; readonly erased: number };
}

/** Erases what is not in flight; late repeats of erased events stay known. */
function eraser(tables: Tables, owner: number): { from(kept: KeptForgetting, nowMs: number): Erasing } {
  const find = tables.db.prepare<[number, number], EventRow>(
    `SELECT e.id, (SELECT text FROM name WHERE id = e.source) AS source,
       (SELECT text FROM name WHERE id = e.store_code) AS storeCode, (SELECT text FROM name WHERE id = e.name) AS name,
       e.message_id AS messageId, e.dedupe_key AS dedupeKey,
       EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_once WHERE event = e.id AND owner = ?) AS isInFlight
     FROM event e WHERE e.id = ?`,
  );
  const erase = erasure(tables);
  const from = (kept: KeptForgetting, nowMs: number): Erasing => {
    let { events, deliveries, attempts } = kept.counts;
    let [erased, isHeldUp] = [0, false];
    const add = (gone: { readonly deliveries: number; readonly attempts: number }): void => {
      deliveries += gone.deliveries;
      attempts += gone.attempts;
      erased += 1;
    };
    return {
      event(id) {
        const row = find.get(owner, id);
        if (row?.isInFlight === 1) isHeldUp = true;
        if (!row || row.isInFlight === 1) return;
        const { messageId, dedupeKey, ...named } = row;
        const key = { messageId: unpacked(messageId), dedupeKey: unpacked(dedupeKey) };
        tables.erased.add(id, { ...named, ...key });
        add(erase.event(id, nowMs));
        events += 1;
      },
      delivery(id, isInFlight) {
        if (isInFlight) isHeldUp = true;
        else add(erase.delivery(id, nowMs));
      },
      done() {
        erase.finish();
        return { counts: { ...kept.counts, events, deliveries, attempts }, isHeldUp, erased };
      },
    };
  };
  return { from };
}

function unpacked(packed: Packed | null): string | null {
  return packed === null ? null : unpack(packed);
}
