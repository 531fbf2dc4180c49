import { PointsmanError } from '../../core/errors.ts';
import { type EventDraft, MAX_DEPTH, NO_EVENT_NAME, partitionOf, type Signature } from '../../core/event.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Source } from '../../ports/source.ts';
import { canonicalJson, cutBelow, isDeeperThan, sha256Hex } from './canonical.ts';
import { redact } from './redact.ts';

/** A verified body, as it came through the door. */
export interface Delivered {
  readonly source: Source;
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
  /** Null where requests are not signed. */
  readonly signature: Signature | null;
}

/** One event's part of a body: the whole of it, unless the body carries several events. */
interface Part {
  readonly body: JsonObject;
  /** What is kept. */
  readonly text: string;
  readonly failure: EventDraft['failure'];
  /** How many equal parts stand before it in the same body. */
  readonly occurrence: number;
  /** Whether the body carries several events: its message id names none of them then. */
  readonly several: boolean;
}

/** A repeat without a message id counts as one only this long, in ms: two equal events may be genuine. */
const CONTENT_DEDUPE_WINDOW_MS = 10 * 60 * 1000;

/** Events that one body may carry: Open Loyalty sends reminders by the thousand. */
const MOST_EVENTS = 10_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** An event not yet durable, and its body parsed. */
export interface Drafted {
  readonly draft: EventDraft;
  readonly body: JsonObject;
}

/** Turns bytes into events, not yet durable. Pure. Throws `SOURCE_NOT_JSON`. */
export function draftsOf(delivered: Delivered, redactedPaths: readonly string[]): readonly Drafted[] {
  const whole = parse(delivered.body, redactedPaths);
  return partsOf(whole, delivered.source).map((part) => ({ draft: draftOf(part, delivered), body: part.body }));
}

/** Whether a repeat says something else than what was stored first; `requestId` differs with every try. Never throws. */
export function differs(original: string, repeat: Drafted): boolean {
  if (original === repeat.draft.body) return false;
  return (
    withoutRequestId(original, JSON.parse(original) as JsonObject) !== withoutRequestId(repeat.draft.body, repeat.body)
  );
}

function draftOf(part: Part, { source, receivedAtMs, signature }: Delivered): EventDraft {
  const { body, text, failure } = part;
  const envelope = source.read(body);
  const messageId = part.several ? null : envelope.messageId;
  const name = envelope.name ?? NO_EVENT_NAME;
  const clockMs = envelope.createdAtMs ?? receivedAtMs;
  const dedupeKey = messageId === null ? contentKey(part, [source.id, envelope.storeCode, name]) : null;
  const identity = failure === null ? source.identify(body, clockMs) : { member: null, aliases: [], facts: [] };
  return {
    ...identity,
    source: source.id,
    storeCode: envelope.storeCode,
    name,
    messageId,
    dedupeKey,
    dedupeWindowMs: messageId === null ? CONTENT_DEDUPE_WINDOW_MS : null,
    body: text,
    signature,
    clockMs,
    receivedAtMs,
    partition: partitionOf(identity.member, messageId ?? dedupeKey ?? ''),
    failure,
  };
}

/** What makes two messages without an id the same: where they come from, and all they say. */
function contentKey({ body, text, failure, occurrence }: Part, origin: readonly string[]): string {
  const same = failure === null ? contentOf(body) : withoutRequestId(text, body);
  return sha256Hex(JSON.stringify([...origin, same, occurrence]));
}

function partsOf(whole: Pick<Part, 'body' | 'text' | 'failure'>, source: Source): readonly Part[] {
  const bodies = whole.failure === null ? source.split(whole.body) : [whole.body];
  if (bodies.length === 1) return [{ ...whole, occurrence: 0, several: false }];
  if (bodies.length > MOST_EVENTS) return [{ ...whole, failure: 'SOURCE_TOO_MANY', occurrence: 0, several: false }];
  const seen = new Map<string, number>();
  return bodies.map((body) => {
    const text = JSON.stringify(body);
    const occurrence = seen.get(text) ?? 0;
    seen.set(text, occurrence + 1);
    return { body, text, failure: null, occurrence, several: true };
  });
}

function parse(bytes: Uint8Array, redactedPaths: readonly string[]): Pick<Part, 'body' | 'text' | 'failure'> {
  const { text, value } = decode(bytes);
  if (!isJsonObject(value)) {
    const kind = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
    throw new PointsmanError('SOURCE_NOT_JSON', `The body is ${kind}, not a JSON object`);
  }
  const failure = isDeeperThan(value, MAX_DEPTH) ? 'SOURCE_TOO_DEEP' : null;
  if (redactedPaths.length === 0) return { text, body: value, failure };
  // Written anew even where no path led: a repeated key, or the depth below the limit, may hide what must not be kept.
  const kept = failure === null ? value : (cutBelow(value, MAX_DEPTH) as JsonObject);
  const body = redact(kept, redactedPaths);
  return { text: JSON.stringify(body), body, failure };
}

function decode(bytes: Uint8Array): { text: string; value: unknown } {
  if (bytes.length === 0) throw new PointsmanError('SOURCE_NOT_JSON', 'The body is empty');
  try {
    const text = utf8.decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch (cause) {
    const what = cause instanceof SyntaxError ? 'not JSON' : 'not UTF-8';
    throw new PointsmanError('SOURCE_NOT_JSON', `The body is ${what}`, { cause });
  }
}

/** The body less `requestId`, which Open Loyalty changes with every try, keys sorted. */
function contentOf(body: JsonObject): string {
  const { requestId: _, ...rest } = body;
  return canonicalJson(rest);
}

/** The body's own text with the value of `requestId` cut out: enough to tell a changed repeat. */
function withoutRequestId(text: string, body: JsonObject): string {
  const requestId = body['requestId'];
  return typeof requestId === 'string' && requestId !== '' ? text.replace(requestId, '') : text;
}
