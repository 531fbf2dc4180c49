import type { EventDraft } from '../../core/event.ts';
import type { Accepted } from '../../ports/store.ts';
import { type Packed, pack } from './packed.ts';
import type { Tables } from './tables.ts';

interface Original {
  readonly id: number;
  readonly received_ms: number;
  readonly body_hash: Packed;
}

type EventColumns = [
  source: number,
  storeCode: number,
  name: number,
  member: number | null,
  partition: number,
  messageId: Packed | null,
  dedupeKey: Packed,
  bodyHash: Packed,
  status: string,
  code: string | null,
  clockMs: number,
  receivedMs: number,
];

/** Bytes of a body's hash that are kept: enough to tell a changed repeat. */
const KEPT_HASH_BYTES = 16;

/** Prepares the first transition: a draft becomes an event with its aliases and facts, or is found to be a repeat. */
export function acceptance(tables: Tables): (draft: EventDraft) => Accepted {
  const { db, count } = tables;
  const newest = db.prepare<[Packed], Original>(
    'SELECT id, received_ms, body_hash FROM event WHERE dedupe_key = ? ORDER BY id DESC LIMIT 1',
  );
  const repeat = db.prepare<[number]>('UPDATE event SET duplicates = duplicates + 1 WHERE id = ?');
  const insert = inserter(tables);
  return (draft) => {
    const original = newest.get(pack(draft.dedupeKey));
    if (!original || !isRepeat(original, draft)) {
      return { ok: true, eventId: insert(draft), duplicate: false, bodyDiffers: false };
    }
    repeat.run(original.id);
    count('duplicates', draft.receivedAtMs, 0);
    const bodyDiffers = Buffer.compare(Buffer.from(original.body_hash), Buffer.from(keptHash(draft.bodyHash))) !== 0;
    return { ok: true, eventId: original.id, duplicate: true, bodyDiffers };
  };
}

function isRepeat(original: Original, { dedupeWindowMs, receivedAtMs }: EventDraft): boolean {
  return dedupeWindowMs === null || receivedAtMs - original.received_ms <= dedupeWindowMs;
}

function inserter({ db, names, members, facts, count, times }: Tables): (draft: EventDraft) => number {
  const insert = db
    .prepare<EventColumns, number>(
      `INSERT INTO event (source, store_code, name, member, partition, message_id, dedupe_key, body_hash, status, code,
         clock_ms, received_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    )
    .pluck();
  const insertBody = db.prepare<[number, string, string | null]>(
    'INSERT INTO event_body (event, body, signature) VALUES (?, ?, ?)',
  );
  const knowAliases = (member: number, { member: key, aliases }: EventDraft): void => {
    for (const alias of aliases) if (alias !== key) members.know(member, alias);
  };
  return (draft) => {
    const { source, storeCode, name, partition, messageId, failure, clockMs, receivedAtMs } = draft;
    const member = draft.member === null ? null : members.idOf(draft.member);
    const id = Number(
      insert.get(
        names.idOf(source),
        names.idOf(storeCode),
        names.idOf(name),
        member,
        partition,
        messageId === null ? null : pack(messageId),
        pack(draft.dedupeKey),
        keptHash(draft.bodyHash),
        failure === null ? 'accepted' : 'failed',
        failure,
        clockMs,
        receivedAtMs,
      ),
    );
    insertBody.run(id, draft.body, draft.signature === null ? null : JSON.stringify(draft.signature));
    times.note('event', id, receivedAtMs);
    count('received', receivedAtMs, 0);
    if (failure !== null) count('failed', receivedAtMs, 0);
    if (member !== null) knowAliases(member, draft);
    if (member !== null) facts.correct(member, draft);
    for (const fact of draft.facts) facts.learn(fact, member, receivedAtMs);
    return id;
  };
}

function keptHash(bodyHash: string): Packed {
  const packed = pack(bodyHash);
  return typeof packed === 'string' ? packed : packed.subarray(0, KEPT_HASH_BYTES);
}
