import type { Database } from 'better-sqlite3';
import type { Lookup } from '../../core/delivery.ts';
import type { AttemptRow, DeliveryDetail, DeliveryRow, EventDetail } from '../../ports/log.ts';
import { DELIVERY_COLUMNS, type DeliveryColumns, deliveryRow } from './delivery-list.ts';
import { EVENT_COLUMNS, type EventColumns, signatureOf, storedEvent } from './event-columns.ts';
import { EVENT_ROW_COLUMNS, type EventRowColumns, eventRow } from './event-list.ts';

interface DetailRow extends DeliveryColumns {
  readonly detail: string | null;
  readonly request: string | null;
  readonly lookups: string | null;
  readonly emptyKeys: string | null;
  readonly mappingText: string | null;
  readonly mappingFile: string | null;
}

/** Prepares the reading of one delivery with all that led to it, as of one moment. */
export function deliveryDetails(db: Database): (id: number) => DeliveryDetail | null {
  const find = db.prepare<[number], DetailRow>(
    `SELECT ${DELIVERY_COLUMNS}, d.detail, f.request, f.lookups, f.empty_keys AS emptyKeys,
       v.text AS mappingText, v.file AS mappingFile
     FROM delivery d JOIN mapping_version v ON v.id = d.version LEFT JOIN frozen f ON f.delivery = d.id WHERE d.id = ?`,
  );
  const findEvent = db.prepare<[number], EventColumns>(`SELECT ${EVENT_COLUMNS} FROM event e WHERE e.id = ?`);
  const attempts = db.prepare<[number], AttemptRow>(
    `SELECT id, claim_no AS claimNo, started_ms AS startedAtMs, duration_ms AS durationMs, verdict, code,
       http_status AS httpStatus, retry_after_ms AS retryAfterMs, detail, response
     FROM attempt WHERE delivery = ? ORDER BY id`,
  );
  return db.transaction((id: number): DeliveryDetail | null => {
    const row = find.get(id);
    const event = row && findEvent.get(row.eventId);
    if (!row || !event) return null;
    const { detail, request, lookups, emptyKeys, mappingText, mappingFile, ...columns } = row;
    return {
      ...deliveryRow(columns),
      detail,
      request,
      emptyKeys: listOf<string>(emptyKeys),
      lookups: listOf<Lookup>(lookups),
      mappingText,
      mappingFile,
      sourceEvent: storedEvent(event),
      attemptLog: attempts.all(id),
    };
  });
}

/** Prepares the reading of one event with what was made of it, as of one moment. */
export function eventDetails(db: Database): (id: number) => EventDetail | null {
  const find = db.prepare<[number], EventRowColumns & { readonly body: string; readonly signature: string | null }>(
    `SELECT ${EVENT_ROW_COLUMNS}, b.body, b.signature FROM event e JOIN event_body b ON b.event = e.id WHERE e.id = ?`,
  );
  const made = db.prepare<[number], DeliveryColumns>(
    `SELECT ${DELIVERY_COLUMNS} FROM delivery d INDEXED BY delivery_once WHERE d.event = ? ORDER BY d.id`,
  );
  return db.transaction((id: number): EventDetail | null => {
    const row = find.get(id);
    if (!row) return null;
    const { body, signature, ...columns } = row;
    const deliveries: readonly DeliveryRow[] = made.all(id).map(deliveryRow);
    return { ...eventRow(columns), signature: signatureOf(signature), body, deliveries };
  });
}

function listOf<Item>(text: string | null): readonly Item[] {
  return text === null ? [] : (JSON.parse(text) as Item[]);
}
