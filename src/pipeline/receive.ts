import { PointsmanError } from '../core/errors.ts';
import { type EventDraft, MAX_DEPTH, NO_EVENT_NAME, partitionOf } from '../core/event.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Logger } from '../ports/logger.ts';
import type { Envelope, Source } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import { canonicalJson, cutBelow, isDeeperThan, sha256Hex } from './canonical.ts';
import { redact } from './redact.ts';

/** A verified body, as it came through the door. */
export interface Delivered {
  readonly source: Source;
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
}

/** What the sender is told, after the commit that holds the event. */
export interface Receipted {
  readonly eventId: number;
  readonly duplicate: boolean;
}

/** What receiving needs. */
export interface ReceiveTools {
  readonly store: Pick<Store, 'accept'>;
  readonly log: Logger;
  /** Dotted paths that never reach the disk in clear. */
  readonly redact: readonly string[];
  /** Told after each commit that holds a new event: a hint, never relied on. */
  readonly onAccepted: () => void;
}

/** A repeat without a message id counts as one only this long, in ms: two equal events may be genuine. */
const CONTENT_DEDUPE_WINDOW_MS = 10 * 60 * 1000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes one verified body durable and says under which id. Throws `SOURCE_NOT_JSON` for anything but one JSON object,
 * and the store's error when the commit fails.
 */
export async function receive(delivered: Delivered, tools: ReceiveTools): Promise<Receipted> {
  const draft = draftOf(delivered, tools.redact);
  const [accepted] = await tools.store.accept([draft]);
  if (!accepted) throw new PointsmanError('STORE_FAILED', 'The store answered for no event');
  if (!accepted.ok) throw accepted.error;
  if (accepted.bodyDiffers) {
    const fields = { stage: 'receive', event: accepted.eventId, source: draft.source };
    tools.log.warn(fields, 'a repeat differs from the event that was stored first; the first one counts');
  }
  if (!accepted.duplicate) tools.onAccepted();
  return { eventId: accepted.eventId, duplicate: accepted.duplicate };
}

/** Turns bytes into an event, not yet durable. Pure. Throws `SOURCE_NOT_JSON`. */
export function draftOf(
  { source, body: bytes, receivedAtMs }: Delivered,
  redactedPaths: readonly string[],
): EventDraft {
  const { text, body, tooDeep } = parse(bytes, redactedPaths);
  const envelope = source.read(body);
  const clockMs = envelope.createdAtMs ?? receivedAtMs;
  const identity = tooDeep ? { member: null, aliases: [], facts: [] } : source.identify(body, clockMs);
  const name = envelope.name ?? NO_EVENT_NAME;
  const ownText = withoutRequestId(text, body);
  const dedupeKey = dedupeKeyOf({ source: source.id, envelope, name, content: tooDeep ? ownText : contentOf(body) });
  return {
    ...identity,
    source: source.id,
    storeCode: envelope.storeCode,
    name,
    messageId: envelope.messageId,
    dedupeKey,
    dedupeWindowMs: envelope.messageId === null ? CONTENT_DEDUPE_WINDOW_MS : null,
    bodyHash: sha256Hex(ownText),
    body: text,
    clockMs,
    receivedAtMs,
    partition: partitionOf(identity.member, dedupeKey),
    failure: tooDeep ? 'SOURCE_TOO_DEEP' : null,
  };
}

interface Parsed {
  /** What is kept. */
  readonly text: string;
  /** What is understood: a redacted value is absent, or everybody would be the member named `[redacted]`. */
  readonly body: JsonObject;
  readonly tooDeep: boolean;
}

function parse(bytes: Uint8Array, redactedPaths: readonly string[]): Parsed {
  const { text: raw, value } = decode(bytes);
  if (!isJsonObject(value)) {
    const kind = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
    throw new PointsmanError('SOURCE_NOT_JSON', `The body is ${kind}, not a JSON object`);
  }
  const tooDeep = isDeeperThan(value, MAX_DEPTH);
  if (redactedPaths.length === 0) return { text: raw, body: value, tooDeep };
  // Written anew even where no path led: a repeated key, or the depth below the limit, may hide what must not be kept.
  const whole = tooDeep ? (cutBelow(value, MAX_DEPTH) as JsonObject) : value;
  const text = JSON.stringify(redact(whole, redactedPaths));
  return { text, body: redact(whole, redactedPaths, null), tooDeep };
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

/** Without a message id the content itself tells a repeat; sorted only then, because sorting costs. */
function dedupeKeyOf(of: {
  source: string;
  envelope: Envelope;
  name: string;
  content: string | (() => string);
}): string {
  const { source, envelope, name } = of;
  if (envelope.messageId !== null) {
    return sha256Hex(JSON.stringify([source, envelope.storeCode, name, envelope.messageId]));
  }
  const content = typeof of.content === 'string' ? of.content : of.content();
  return sha256Hex(JSON.stringify([source, envelope.storeCode, name, null, content]));
}

/** The body less `requestId`, which Open Loyalty changes with every try, keys sorted. */
function contentOf(body: JsonObject): () => string {
  return () => {
    const { requestId: _, ...rest } = body;
    return canonicalJson(rest);
  };
}

/** The body's own text with the value of `requestId` cut out: enough to tell a changed repeat. */
function withoutRequestId(text: string, body: JsonObject): string {
  const requestId = body['requestId'];
  return typeof requestId === 'string' && requestId !== '' ? text.replace(requestId, '') : text;
}
