import type { DeliveryDraft, Lookup, RoutedEvent } from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { FactKey, MemberIdKind, StoredEvent } from '../core/event.ts';
import type { JsonObject } from '../core/json.ts';
import { MAX_REQUEST_BYTES, type Mapping } from '../core/mapping.ts';
import { nextLookMs } from '../core/waiting.ts';
import type { Endpoint } from '../ports/destination.ts';
import type { TransformJob, TransformPart } from '../ports/transform-engine.ts';
import { LOST, type RecalledResult, type RecallTools, runRecalling } from './recall.ts';

/** What shaping needs: it changes nothing. */
export interface ShapeTools extends RecallTools {
  /** The endpoint a mapping sends to; null when its destination is gone. */
  readonly endpoint: (destination: string, endpoint: string) => Endpoint | null;
  /** Which identifier `$memberId` yields. */
  readonly memberIdKind: MemberIdKind;
}

/** What of an event mappings are run over: it may be not yet stored. */
export type ShapedEvent = Pick<
  StoredEvent,
  'source' | 'storeCode' | 'messageId' | 'dedupeKey' | 'body' | 'clockMs' | 'member'
>;

/** One mapping over one event. */
export interface Shaping {
  readonly event: ShapedEvent;
  readonly mapping: Mapping;
  readonly run: number;
  /** Since when it waits for a fact, in ms. */
  readonly waitingSinceMs: number;
  readonly nowMs: number;
}

/** Characters of an explanation that the log keeps. */
const LONGEST_DETAIL = 500;

/** Condition → each → transform → complete → endpoint schema, for each shaping; the drafts in the same order. */
export async function shape(
  shapings: readonly Shaping[],
  tools: ShapeTools,
): Promise<readonly (readonly DeliveryDraft[])[]> {
  const results = await runRecalling(
    shapings.map(({ event, mapping }) => jobOf(event, mapping, tools.memberIdKind)),
    tools,
  );
  return shapings.map((shaping, index) => draftsOf(shaping, results[index] ?? LOST, tools));
}

/** The result of routing one event, from the drafts of the mappings that matched it. */
export function routedOf(event: StoredEvent, drafts: readonly DeliveryDraft[], matched: number): RoutedEvent {
  return { eventId: event.id, status: matched > 0 ? 'routed' : 'unmatched', code: null, deliveries: drafts };
}

/** What `$eventId()` yields: the message id, else the dedupe hash. */
function eventIdOf({ messageId, dedupeKey }: ShapedEvent): string {
  return messageId ?? dedupeKey ?? '';
}

/** A job for the engine. */
export function jobOf(event: ShapedEvent, mapping: Mapping, memberIdKind: MemberIdKind): TransformJob {
  const { body, clockMs, source, storeCode } = event;
  const input = { body, eventId: eventIdOf(event), clockMs, source, storeCode, memberIdKind };
  return { mapping, input, lookups: [], trace: false };
}

/** What one shaping came to, one draft a part. */
export function draftsOf(
  shaping: Shaping,
  { result, lookups }: RecalledResult,
  tools: Pick<ShapeTools, 'endpoint'>,
): readonly DeliveryDraft[] {
  const blank = blankDraft(shaping, lookups);
  if (result.kind === 'skipped') return [{ ...blank, status: 'skipped', reason: result.reason }];
  if (result.kind === 'failed') return [{ ...blank, ...dead(result.code, result.message, result.path) }];
  if (result.kind !== 'parts') return [{ ...blank, ...waitingFor(result.facts, shaping) }];
  if (result.parts.length === 0) return [{ ...blank, status: 'skipped', reason: 'empty' }];
  return result.parts.map((part, index) => partDraft({ ...blank, part: index }, part, shaping, tools));
}

function blankDraft({ event, mapping, run, nowMs }: Shaping, lookups: readonly Lookup[]): DeliveryDraft {
  return {
    mapping: mapping.id,
    mappingVersion: mapping.version,
    part: 0,
    run,
    destination: mapping.destination,
    endpoint: mapping.endpoint,
    member: event.member,
    ordered: mapping.order === 'member' && event.member !== null,
    status: 'dead',
    reason: null,
    code: null,
    detail: null,
    request: null,
    emptyKeys: [],
    lookups,
    missing: [],
    dueAtMs: nowMs,
    background: false,
  };
}

function waitingFor(missing: readonly FactKey[], { waitingSinceMs, nowMs }: Shaping): Partial<DeliveryDraft> {
  const wanted = missing.map(({ kind, key }) => `${kind} ${key}`).join(', ');
  const dueAtMs = nextLookMs(waitingSinceMs, nowMs);
  if (dueAtMs === null) return dead('TRANSFORM_RECALL_MISSING', `Nothing taught us ${wanted} in time`, null);
  return { status: 'waiting', detail: `Waits for ${wanted}`, missing, dueAtMs };
}

function partDraft(
  blank: DeliveryDraft,
  part: TransformPart,
  { event, mapping }: Shaping,
  tools: Pick<ShapeTools, 'endpoint'>,
): DeliveryDraft {
  if (part.kind === 'failed') return { ...blank, ...dead(part.code, part.message, part.path) };
  const member = part.member === null ? event.member : `${event.storeCode}/${part.member}`;
  const draft = { ...blank, member, ordered: mapping.order === 'member' && member !== null, emptyKeys: part.emptyKeys };
  const endpoint = tools.endpoint(mapping.destination, mapping.endpoint);
  if (!endpoint) {
    return {
      ...draft,
      ...dead('MAPPING_UNKNOWN_DESTINATION', `${mapping.destination}.${mapping.endpoint} is gone`, null),
    };
  }
  const frozen = endpoint.freeze(JSON.parse(part.text) as JsonObject, event.clockMs);
  if (!frozen.ok) return { ...draft, ...dead('TRANSFORM_REQUEST_INVALID', sentence(frozen.problems), null) };
  if (Buffer.byteLength(frozen.text) > MAX_REQUEST_BYTES) {
    return {
      ...draft,
      ...dead('TRANSFORM_TOO_LARGE', `The request has ${Buffer.byteLength(frozen.text)} bytes`, null),
    };
  }
  return { ...draft, status: mapping.mode === 'shadow' ? 'shadowed' : 'pending', request: frozen.text };
}

function dead(
  code: ErrorCode,
  message: string,
  path: string | null,
): Pick<DeliveryDraft, 'status' | 'code' | 'detail'> {
  return { status: 'dead', code, detail: (path === null ? message : `${path}: ${message}`).slice(0, LONGEST_DETAIL) };
}

function sentence(problems: readonly { readonly path: string; readonly message: string }[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}
