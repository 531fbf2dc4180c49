import type { DeliveryDraft, Lookup, RoutedEvent, SkipReason } from '../../core/delivery.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { FactKey, MemberIdKind, StoredEvent } from '../../core/event.ts';
import { type JsonObject, MOST_BYTES_A_CHARACTER } from '../../core/json.ts';
import { MAX_REQUEST_BYTES, type Mapping } from '../../core/mapping.ts';
import { nextLookMs } from '../../core/waiting.ts';
import type { Endpoint } from '../../ports/destination.ts';
import type { TransformJob, TransformPart, TransformResult } from '../../ports/transform-engine.ts';
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
  if (result.kind === 'parts' && result.parts.length > 0) {
    return result.parts.map((part, index) => partDraft(part, index, { shaping, lookups, tools }));
  }
  return [draft(shaping, lookups, standingOf(result, shaping))];
}

/** What tells one draft from another of the same shaping. */
interface Standing extends Pick<DeliveryDraft, 'status'> {
  readonly part?: number;
  readonly member?: string | null;
  readonly reason?: SkipReason;
  readonly code?: ErrorCode;
  readonly detail?: string;
  readonly request?: string;
  readonly emptyKeys?: readonly string[];
  readonly missing?: readonly FactKey[];
  readonly dueAtMs?: number;
}

const NONE: readonly never[] = [];

function draft({ event, mapping, run, nowMs }: Shaping, lookups: readonly Lookup[], own: Standing): DeliveryDraft {
  const { member = event.member } = own;
  return {
    mapping: mapping.id,
    mappingVersion: mapping.version,
    part: own.part ?? 0,
    run,
    destination: mapping.destination,
    endpoint: mapping.endpoint,
    member,
    ordered: mapping.order === 'member' && member !== null,
    status: own.status,
    reason: own.reason ?? null,
    code: own.code ?? null,
    detail: own.detail ?? null,
    request: own.request ?? null,
    emptyKeys: own.emptyKeys ?? NONE,
    lookups,
    missing: own.missing ?? NONE,
    dueAtMs: own.dueAtMs ?? nowMs,
    background: false,
  };
}

function standingOf(result: TransformResult, shaping: Shaping): Standing {
  if (result.kind === 'skipped') return { status: 'skipped', reason: result.reason };
  if (result.kind === 'failed') return dead(result.code, result.message, result.path);
  if (result.kind === 'parts') return { status: 'skipped', reason: 'empty' };
  return waitingFor(result.facts, shaping);
}

function waitingFor(missing: readonly FactKey[], { waitingSinceMs, nowMs }: Shaping): Standing {
  const wanted = missing.map(({ kind, key }) => `${kind} ${key}`).join(', ');
  const dueAtMs = nextLookMs(waitingSinceMs, nowMs);
  if (dueAtMs === null) return dead('TRANSFORM_RECALL_MISSING', `Nothing taught us ${wanted} in time`, null);
  return { status: 'waiting', detail: `Waits for ${wanted}`, missing, dueAtMs };
}

/** What a part's draft is made of besides the part. */
interface PartContext {
  readonly shaping: Shaping;
  readonly lookups: readonly Lookup[];
  readonly tools: Pick<ShapeTools, 'endpoint'>;
}

function partDraft(part: TransformPart, index: number, { shaping, lookups, tools }: PartContext): DeliveryDraft {
  if (part.kind === 'failed')
    return draft(shaping, lookups, { part: index, ...dead(part.code, part.message, part.path) });
  const { event } = shaping;
  const member = part.member === null ? event.member : `${event.storeCode}/${part.member}`;
  const { emptyKeys } = part;
  return draft(shaping, lookups, { part: index, member, emptyKeys, ...frozen(part.request, shaping, tools) });
}

/** The request of a part, completed, checked and frozen; or why it is none. */
function frozen(request: JsonObject, { event, mapping }: Shaping, tools: Pick<ShapeTools, 'endpoint'>): Standing {
  const endpoint = tools.endpoint(mapping.destination, mapping.endpoint);
  if (!endpoint) {
    return dead('MAPPING_UNKNOWN_DESTINATION', `${mapping.destination}.${mapping.endpoint} is gone`, null);
  }
  const made = endpoint.freeze(request, event.clockMs);
  if (!made.ok) return dead('TRANSFORM_REQUEST_INVALID', sentence(made.problems), null);
  if (isTooLarge(made.text)) {
    return dead('TRANSFORM_TOO_LARGE', `The request has ${Buffer.byteLength(made.text)} bytes`, null);
  }
  return { status: mapping.mode === 'shadow' ? 'shadowed' : 'pending', request: made.text };
}

function isTooLarge(text: string): boolean {
  return text.length * MOST_BYTES_A_CHARACTER > MAX_REQUEST_BYTES && Buffer.byteLength(text) > MAX_REQUEST_BYTES;
}

function dead(code: ErrorCode, message: string, path: string | null): Standing {
  return { status: 'dead', code, detail: (path === null ? message : `${path}: ${message}`).slice(0, LONGEST_DETAIL) };
}

function sentence(problems: readonly { readonly path: string; readonly message: string }[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}
