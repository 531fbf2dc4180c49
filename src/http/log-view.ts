import { ERRORS } from '../core/errors.ts';
import { SEEDED_AT_MS } from '../core/event.ts';
import { publicId } from '../core/id.ts';
import type { Json } from '../core/json.ts';
import { SHOWN_VERSION_LENGTH } from '../core/mapping.ts';
import { isPaused, type Pause } from '../core/pause.ts';
import type { ReceiptDetail, RunningVersion } from '../core/receipt.ts';
import type { Explanation } from '../pipeline/compare/explain.ts';
import type {
  AttemptRow,
  DeadCause,
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

/** What holds a delivery whose destination the config does not name any more, or is paused. */
const DESTINATION_MISSING = 'destination missing';
const DESTINATION_PAUSED = 'destination paused';
const ENDPOINT_PAUSED = 'endpoint paused';

/** Asked for pauses since then, a log tells those that go on. */
export const GOING_ON = Number.MAX_SAFE_INTEGER;

/** What views of deliveries know besides the rows. */
export interface Surroundings {
  readonly destinations: Pick<ReadonlyMap<string, unknown>, 'has'>;
  /** Those that go on. */
  readonly pauses: readonly Pause[];
}

/** The views that tell what holds a delivery. */
export function deliveryViews(around: Surroundings) {
  return {
    deliveryView: (row: DeliveryRow) => deliveryView(row, around),
    deliveryDetailView: (detail: DeliveryDetail) => deliveryDetailView(detail, around),
    explainedDeliveryView: (detail: DeliveryDetail, explanation: Explanation) =>
      explainedDeliveryView(detail, explanation, around),
    eventDetailView: (detail: EventDetail) => eventDetailView(detail, around),
  };
}

/** A delivery as the API and `-o json` show it. */
export type DeliveryView = ReturnType<typeof deliveryView>;

/** A delivery with all that led to it, as they show it. */
export type DeliveryDetailView = ReturnType<typeof explainedDeliveryView>;

/** A delivery in a list (CONTRACT §4). */
function deliveryView(row: DeliveryRow, around: Surroundings) {
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
    blockedBy: blockedBy(row, around),
    createdAt: isoTime(row.createdAtMs),
    dueAt: isoTime(row.dueAtMs),
  };
}

/** The id of the delivery at the head of its lane, or why nothing of its destination or endpoint moves. */
function blockedBy(row: DeliveryRow, { destinations, pauses }: Surroundings): string | null {
  if (row.status !== 'pending') return null;
  if (!destinations.has(row.destination)) return DESTINATION_MISSING;
  const pausing = pauses.filter((pause) => isPaused([pause], row));
  if (pausing.some(({ endpoint }) => endpoint === null)) return DESTINATION_PAUSED;
  if (pausing.length > 0) return ENDPOINT_PAUSED;
  return row.blockedBy === null ? null : publicId('dlv', row.blockedBy);
}

/** A delivery with its event, the mapping's text of that version, its frozen request and every attempt. */
function deliveryDetailView(detail: DeliveryDetail, around: Surroundings) {
  const { id, source, storeCode, name, messageId, clockMs, receivedAtMs, body } = detail.sourceEvent;
  return {
    ...deliveryView(detail, around),
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

/** A delivery with what each formula of its mapping yielded: null where that was nothing. */
function explainedDeliveryView(detail: DeliveryDetail, { formulas, remark }: Explanation, around: Surroundings) {
  return {
    ...deliveryDetailView(detail, around),
    formulas: formulas.map(({ path, formula, value = null }) => ({ path, formula, value })),
    /** Why values are missing or do not speak for the frozen request; null when they do. */
    formulasRemark: remark,
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
function eventDetailView(detail: EventDetail, around: Surroundings) {
  const body = detail.code === 'SOURCE_TOO_DEEP' ? detail.body : parsed(detail.body);
  const deliveries = detail.deliveries.map((row) => deliveryView(row, around));
  return { ...eventView(detail), signature: detail.signature, body, deliveries };
}

/** An event name that no mapping took. */
export function unmatchedView({ name, source, count, firstSeenMs, lastSeenMs }: UnmatchedName) {
  return { event: name, source, count, firstSeen: isoTime(firstSeenMs), lastSeen: isoTime(lastSeenMs) };
}

/** Why deliveries are dead, what a person does about it, and one of them. */
export function deadCauseView({ code, oldestMs, newestMs, exampleId, detail, ...cause }: DeadCause) {
  return {
    code,
    ...cause,
    oldest: isoTime(oldestMs),
    newest: isoTime(newestMs),
    example: publicId('dlv', exampleId),
    detail,
    remedy: code === null ? null : ERRORS[code].remedy,
  };
}

/** A remembered fact; `learnedAt` is null when it was seeded or imported and not taught by an event. */
export function factView({ source, storeCode, kind, key, value, learnedAtMs, member }: FactRow) {
  const learnedAt = learnedAtMs === SEEDED_AT_MS ? null : isoTime(learnedAtMs);
  return { source, storeCode, kind, key, member, learnedAt, value };
}

/** A load of config and mappings. */
export function receiptView({ id, atMs, outcome, durationMs, detail }: ReceiptRow) {
  const { trigger, config, files, mappings, tests, valid } = JSON.parse(detail) as ReceiptDetail;
  const shown = files.map((file) => ({ ...file, before: file.before.map(shownRun), after: file.after.map(shownRun) }));
  return { id, at: isoTime(atMs), trigger, outcome, valid, durationMs, mappings, tests, config, files: shown };
}

function shownRun({ id, version }: RunningVersion): RunningVersion {
  return { id, version: shownVersion(version) };
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
