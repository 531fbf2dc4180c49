import { SEEDED_AT_MS } from '../core/event.ts';
import { publicId } from '../core/id.ts';
import type { Json } from '../core/json.ts';
import { SHOWN_VERSION_LENGTH } from '../core/mapping.ts';
import type {
  AttemptRow,
  DeliveryDetail,
  DeliveryRow,
  EventDetail,
  EventRow,
  FactRow,
  ReceiptRow,
  UnmatchedName,
} from '../ports/log.ts';

/** ISO 8601 in UTC with milliseconds; null for null. */
function isoTime(ms: number): string;
function isoTime(ms: number | null): string | null;
function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** The part of a mapping's version that people see. */
export function shownVersion(version: string): string {
  return version.slice(0, SHOWN_VERSION_LENGTH);
}

/** A delivery in a list, as the API and `-o json` show it (CONTRACT §4). */
export function deliveryView(row: DeliveryRow) {
  const { event, mapping, destination, endpoint, member, status, reason, code, attempts, part, run } = row;
  return {
    id: publicId('dlv', row.id),
    eventId: publicId('evt', row.eventId),
    event,
    mapping,
    mappingVersion: shownVersion(row.mappingVersion),
    destination,
    endpoint,
    member,
    status,
    reason,
    code,
    attempts,
    part,
    run,
    blockedBy: row.blockedBy === null ? null : publicId('dlv', row.blockedBy),
    createdAt: isoTime(row.createdAtMs),
    dueAt: isoTime(row.dueAtMs),
  };
}

/** A delivery with its event, the mapping's text of that version, its frozen request and every attempt. */
export function deliveryDetailView(detail: DeliveryDetail) {
  const { id, source, storeCode, name, messageId, clockMs, receivedAtMs, body } = detail.sourceEvent;
  return {
    ...deliveryView(detail),
    detail: detail.detail,
    request: detail.request === null ? null : parsed(detail.request),
    emptyKeys: detail.emptyKeys,
    lookups: detail.lookups,
    mappingFile: detail.mappingFile,
    mappingText: detail.mappingText,
    sourceEvent: {
      id: publicId('evt', id),
      source,
      storeCode,
      event: name,
      messageId,
      createdAt: isoTime(clockMs),
      receivedAt: isoTime(receivedAtMs),
      body: parsed(body),
    },
    attemptLog: detail.attemptLog.map(attemptView),
  };
}

/** An event in a list. */
export function eventView(row: EventRow) {
  const { name, source, storeCode, messageId, member, status, code, duplicates } = row;
  return {
    id: publicId('evt', row.id),
    event: name,
    source,
    storeCode,
    messageId,
    member,
    status,
    code,
    duplicates,
    createdAt: isoTime(row.clockMs),
    receivedAt: isoTime(row.receivedAtMs),
  };
}

/** An event with its body and what was made of it; a body nested too deep to be written as JSON stays text. */
export function eventDetailView(detail: EventDetail) {
  const body = detail.code === 'SOURCE_TOO_DEEP' ? detail.body : parsed(detail.body);
  return { ...eventView(detail), signature: detail.signature, body, deliveries: detail.deliveries.map(deliveryView) };
}

/** An event name that no mapping took. */
export function unmatchedView({ name, source, count, firstSeenMs, lastSeenMs }: UnmatchedName) {
  return { event: name, source, count, firstSeen: isoTime(firstSeenMs), lastSeen: isoTime(lastSeenMs) };
}

/** A remembered fact; `learnedAt` is null when it was seeded or imported and not taught by an event. */
export function factView({ source, storeCode, kind, key, value, learnedAtMs, member }: FactRow) {
  const learnedAt = learnedAtMs === SEEDED_AT_MS ? null : isoTime(learnedAtMs);
  return { source, storeCode, kind, key, member, learnedAt, value };
}

/** A load of the mappings. */
export function receiptView({ id, atMs, outcome, durationMs, detail }: ReceiptRow) {
  return { id, at: isoTime(atMs), outcome, durationMs, files: parsed(detail) };
}

function attemptView({ id, startedAtMs, durationMs, claimNo, ...answer }: AttemptRow) {
  const { verdict, code, httpStatus, detail, response } = answer;
  return {
    id: publicId('att', id),
    startedAt: isoTime(startedAtMs),
    durationMs,
    claim: claimNo,
    verdict,
    code,
    httpStatus,
    detail,
    response,
  };
}

/** Stored JSON text as a value. */
function parsed(text: string): Json {
  return JSON.parse(text) as Json;
}
