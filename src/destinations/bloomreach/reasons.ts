import { isJsonObject, type Json } from '../../core/json.ts';

/** What an answer's body says, whatever layer wrote it. */
export interface AnswerBody {
  /** The JSON value; undefined when it is none. */
  readonly json: Json | undefined;
  /** The reasons it gives, in its own words. */
  readonly reasons: readonly string[];
}

/** Where the layers put their words. Source: documentation.bloomreach.com/engagement/reference/tracking-api-error-messages. */
const REASON_KEYS = ['error', 'message', 'errors'] as const;
const DEEPEST = 3;

/**
 * Reads a body: `{error}` (authentication), `{message}` (envelope), `{errors: [text]}` (command), `{errors: {field:
 * [text]}}` (data API), `{errors: {code, description}}` (path), or plain text and HTML of a proxy. Never throws.
 */
export function readBody(body: string): AnswerBody {
  const json = parse(body);
  return json === undefined ? { json, reasons: plainReasons(body) } : bodyOf(json);
}

/** Reads a body, or the result of one command, that is JSON already. */
export function bodyOf(json: Json | undefined): AnswerBody {
  if (!isJsonObject(json)) return { json, reasons: [] };
  return { json, reasons: REASON_KEYS.flatMap((key) => textsIn(json[key], DEEPEST)) };
}

function parse(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

function plainReasons(body: string): readonly string[] {
  const text = body.trim();
  if (text === '') return [];
  return [text.startsWith('<') ? 'an HTML page' : text];
}

function textsIn(value: Json | undefined, depth: number): readonly string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsIn(item, depth - 1));
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, depth - 1).map((text) => labelled(key, text)));
}

/** A field's name belongs to its message; `_global` and the like are no fields. */
function labelled(key: string, text: string): string {
  return key === 'description' || key.startsWith('_') ? text : `${key}: ${text}`;
}
