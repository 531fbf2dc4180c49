import type { EventDraft } from '../../core/event.ts';
import type { Accepted } from '../../ports/store.ts';
import { type Packed, pack } from './packed.ts';
import type { Tables } from './tables.ts';

/** Finds what a draft repeats, counts the repeat and answers it. Only inside a transaction. */
export interface Repeats {
  /** Of what can be told before the draft is stored: an erased event, or one without a message id. */
  known(draft: EventDraft): Accepted | null;
  /** Of an event with the same message id that is there, as the insert found out. */
  stored(
    draft: EventDraft,
    of: { readonly source: number; readonly storeCode: number; readonly name: number },
  ): Accepted;
}

interface Original {
  readonly id: number;
  readonly received_ms: number;
}

/** Prepares the finding of repeats. */
export function repeats({ db, counters, erased }: Tables): Repeats {
  const newest = db.prepare<[Packed], Original>(
    'SELECT id, received_ms FROM event WHERE dedupe_key = +? ORDER BY id DESC LIMIT 1',
  );
  const sameMessage = db
    .prepare<[Packed, number, number, number], number>(
      'SELECT id FROM event WHERE message_id = ? AND name = ? AND source = ? AND store_code = ?',
    )
    .pluck();
  const body = db.prepare<[number], string>('SELECT body FROM event_body WHERE event = ?').pluck();
  const repeat = db.prepare<[number]>('UPDATE event SET duplicates = duplicates + 1 WHERE id = ?');
  const answer = (draft: EventDraft, eventId: number): Accepted => {
    repeat.run(eventId);
    counters.count('duplicates', draft.receivedAtMs, 0);
    return { ok: true, eventId, duplicate: true, original: body.get(eventId) ?? null, claimed: [] };
  };
  return {
    known(draft) {
      const { messageId, dedupeKey } = draft;
      const original = messageId === null && dedupeKey !== null ? newest.get(pack(dedupeKey)) : undefined;
      if (original && isInWindow(original, draft)) return answer(draft, original.id);
      const eventId = erased.find(draft);
      return eventId === null ? null : answer(draft, eventId);
    },
    stored(draft, { source, storeCode, name }) {
      const id = sameMessage.get(pack(draft.messageId ?? ''), name, source, storeCode);
      if (id === undefined) throw new Error(`The event with message id ${draft.messageId} is there and is not`);
      return answer(draft, id);
    },
  };
}

/** A clock that was set back must not stretch the window. */
function isInWindow(original: Original, { dedupeWindowMs, receivedAtMs }: EventDraft): boolean {
  return dedupeWindowMs === null || Math.abs(receivedAtMs - original.received_ms) <= dedupeWindowMs;
}
