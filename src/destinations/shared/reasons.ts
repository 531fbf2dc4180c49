import { isJsonObject, type Json } from '../../core/json.ts';

/** What an answer's body says, whoever wrote it. */
export interface AnswerBody {
  /** The JSON value; undefined when it is none. */
  readonly json: Json | undefined;
  /** The reasons it gives, in its own words. */
  readonly reasons: readonly string[];
}

const DEEPEST = 3;

/** Reads a body: JSON with its reasons under these keys, or plain text and HTML of a proxy. Never throws. */
export function readBody(body: string, reasonKeys: readonly string[]): AnswerBody {
  const json = parse(body);
  return json === undefined ? { json, reasons: plainReasons(body) } : bodyOf(json, reasonKeys);
}

/** Reads a body, or a part of one, that is JSON already. */
export function bodyOf(json: Json | undefined, reasonKeys: readonly string[]): AnswerBody {
  if (!isJsonObject(json)) return { json, reasons: [] };
  return { json, reasons: reasonKeys.flatMap((key) => textsIn(json[key], DEEPEST)) };
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
