import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';
import type { Accepted, AcceptedDraft, ClaimOffer } from '../../ports/store.ts';
import type { Deliveries } from './deliveries.ts';
import type { DeliveredEvent } from './delivery-insert.ts';
import type { Member } from './identifier.ts';
import { type Packed, pack } from './packed.ts';
import { repeats } from './repeats.ts';
import { countEvent } from './row-counts.ts';
import type { Tables } from './tables.ts';

/** What stands in an event's row, by number. */
interface EventNumbers {
  readonly source: number;
  readonly storeCode: number;
  readonly name: number;
  readonly member: Member | null;
  readonly status: EventStatus;
}

type EventRow = [
  ...[id: number, source: number, storeCode: number, name: number, member: number | null, partition: number],
  ...[messageId: Packed | null, dedupeKey: Packed | null, status: string, code: string | null],
  ...[clockMs: number, receivedMs: number],
];

/** The first transition: a draft becomes an event with its aliases, facts and deliveries, or is found to be a repeat. */
export type Accept = (draft: AcceptedDraft, offers: readonly ClaimOffer[]) => Accepted;

/** Prepares the first transition. */
export function acceptance(tables: Tables, deliveries: Deliveries): Accept {
  const { members, facts } = tables;
  const repeated = repeats(tables);
  const insert = inserter(tables);
  const come = arrivals(tables);
  const route = (event: DeliveredEvent, draft: AcceptedDraft, offers: readonly ClaimOffer[]): ClaimedDelivery[] => {
    const claimed: ClaimedDelivery[] = [];
    if (!draft.routed) return claimed;
    const making = { nowMs: draft.receivedAtMs, offers, claimed };
    for (const delivery of draft.routed.deliveries) deliveries.add(event, delivery, making);
    return claimed;
  };
  return (draft, offers) => {
    const known = repeated.known(draft);
    if (known) return known;
    const numbers = numbersOf(tables, draft);
    const id = insert(draft, numbers);
    if (id === null) return repeated.stored(draft, numbers);
    come(id, draft, numbers);
    const { name, member } = numbers;
    if (member) members.know(member, draft.aliases);
    if (member) facts.correct(member.id, draft);
    for (const fact of draft.facts) facts.learn(fact, member?.id ?? null, draft.receivedAtMs);
    return { ok: true, eventId: id, duplicate: false, original: null, claimed: route({ id, name }, draft, offers) };
  };
}

function numbersOf({ names, members }: Tables, draft: AcceptedDraft): EventNumbers {
  return {
    source: names.idOf(draft.source),
    storeCode: names.idOf(draft.storeCode),
    name: names.idOf(draft.name),
    member: draft.member === null ? null : members.of(draft.member),
    status: draft.failure === null ? (draft.routed?.status ?? 'accepted') : 'failed',
  };
}

/** Its key; null when the event with this message id is there already. */
function inserter({ db, keys }: Tables): (draft: AcceptedDraft, numbers: EventNumbers) => number | null {
  const insert = db.prepare<EventRow>(
    `INSERT INTO event (id, source, store_code, name, member, partition, message_id, dedupe_key, status, code,
       clock_ms, received_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (message_id, name, source, store_code) WHERE message_id IS NOT NULL DO NOTHING`,
  );
  const insertBody = db.prepare<[number, string, string | null]>(
    'INSERT INTO event_body (event, body, signature) VALUES (?, ?, ?)',
  );
  return (draft, { source, storeCode, name, member, status }) => {
    const { partition, messageId, dedupeKey, failure, clockMs, receivedAtMs, body, signature } = draft;
    const id = keys.event.next;
    const packedId = messageId === null ? null : pack(messageId);
    const packedKey = dedupeKey === null ? null : pack(dedupeKey);
    const { changes } = insert.run(
      id,
      source,
      storeCode,
      name,
      member?.id ?? null,
      partition,
      packedId,
      packedKey,
      status,
      failure,
      clockMs,
      receivedAtMs,
    );
    if (changes === 0) return null;
    keys.event.use();
    insertBody.run(id, body, signature === null ? null : JSON.stringify(signature));
    return id;
  };
}

function arrivals(tables: Tables): (id: number, draft: AcceptedDraft, numbers: EventNumbers) => void {
  const { blocks, times, counters, unmatched } = tables;
  return (id, { receivedAtMs }, { name, source, status }) => {
    countEvent(blocks, { id, name, source }, status, 1);
    times.note('event', id, receivedAtMs);
    counters.count('received', receivedAtMs, 0);
    if (status === 'failed' || status === 'unmatched') counters.count(status, receivedAtMs, 0);
    if (status === 'unmatched') unmatched.note(source, name, receivedAtMs);
  };
}
