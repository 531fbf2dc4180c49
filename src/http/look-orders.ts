import { PointsmanError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { RuleSet } from '../core/rule-set.ts';
import { suggest } from '../core/suggest.ts';
import { parseDuration } from '../core/units.ts';

/** A mapping file as it is being edited. */
export interface EditedText {
  /** Relative to the mappings folder. */
  readonly file: string;
  readonly text: string;
}

/** Which event to look at. */
export type LookSubject =
  | { readonly body: string }
  | { readonly delivery: string }
  | { readonly eventId: string }
  | { readonly last: number };

/** What to preview. */
export interface PreviewOrder {
  readonly edited: EditedText;
  readonly subject: LookSubject;
}

/** What to compare. */
export interface DiffOrder {
  /** Null = the mappings folder as it is. */
  readonly edited: readonly EditedText[] | null;
  readonly last: number;
  readonly sinceMs: number | null;
  readonly samples: number;
}

const DEFAULT_LAST = 500;
const MOST_LAST = 10_000;
const DEFAULT_SAMPLES = 10;
const MOST_SAMPLES = 1_000;
const MOST_PREVIEWED = 20;
const SUBJECTS = ['event', 'deliveryId', 'eventId', 'last'] as const;

/**
 * Reads `{text, file?}` or `{mapping}` (a live one), and one of `event`, `deliveryId`, `eventId`, `last`. Throws
 * `API_BAD_REQUEST`, or `API_NOT_FOUND` for a mapping that is not live.
 */
export function previewOrder(fields: JsonObject, rules: RuleSet): PreviewOrder {
  refuseStrangers(fields, ['text', 'file', 'mapping', ...SUBJECTS]);
  return { edited: editedOf(fields, rules), subject: subjectOf(fields) };
}

/** Reads `{files?, last?, since?, samples?}`. Throws `API_BAD_REQUEST`. */
export function diffOrder(fields: JsonObject, nowMs: number): DiffOrder {
  refuseStrangers(fields, ['files', 'last', 'since', 'samples']);
  const { files = null, since = null } = fields;
  return {
    edited: files === null ? null : filesOf(files),
    last: countOf(fields, 'last', MOST_LAST) ?? DEFAULT_LAST,
    sinceMs: since === null ? null : timeOf(since, nowMs),
    samples: countOf(fields, 'samples', MOST_SAMPLES) ?? DEFAULT_SAMPLES,
  };
}

function editedOf({ text, file = 'edited.yaml', mapping }: JsonObject, rules: RuleSet): EditedText {
  if (typeof text === 'string' && mapping === undefined && typeof file === 'string') return { file, text };
  if (typeof mapping !== 'string' || text !== undefined) {
    throw bad('Give either text, with or without file, or mapping: the id of a live one');
  }
  const live = rules.byId.get(mapping);
  if (live) return { file: live.file, text: live.text };
  throw new PointsmanError('API_NOT_FOUND', `There is no mapping ${mapping}`);
}

function subjectOf(fields: JsonObject): LookSubject {
  const [name, ...others] = SUBJECTS.filter((one) => fields[one] !== undefined);
  if (name === undefined || others.length > 0) throw bad(`Give one of ${SUBJECTS.join(', ')}`);
  if (name === 'last') return { last: countOf(fields, 'last', MOST_PREVIEWED) ?? 1 };
  const value = fields[name];
  if (name === 'event') {
    if (!isJsonObject(value)) throw bad('event is not the JSON object of a webhook');
    return { body: JSON.stringify(value) };
  }
  if (typeof value !== 'string') throw bad(`${name} is not an id`);
  return name === 'eventId' ? { eventId: value } : { delivery: value };
}

function filesOf(files: Json): readonly EditedText[] {
  const found = (Array.isArray(files) ? files : [])
    .filter(isJsonObject)
    .flatMap(({ file, text }) => (typeof file === 'string' && typeof text === 'string' ? [{ file, text }] : []));
  if (Array.isArray(files) && found.length === files.length && found.length > 0) return found;
  throw bad('files is not a list of {"file", "text"}');
}

function countOf(fields: JsonObject, name: string, most: number): number | null {
  const count = fields[name];
  if (count === undefined) return null;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw bad(`${name} is not a whole number from 1 to ${most}`);
}

function timeOf(since: Json, nowMs: number): number {
  const text = typeof since === 'string' ? since : '';
  const age = parseDuration(text);
  const ms = age === null ? Date.parse(text) : nowMs - age;
  if (!Number.isNaN(ms)) return ms;
  throw bad('since is neither an age such as 7d nor a time');
}

function refuseStrangers(fields: JsonObject, known: readonly string[]): void {
  const stranger = Object.keys(fields).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const meant = suggest(stranger, known);
  const hint = meant === null ? `; known: ${known.join(', ')}` : `; did you mean ${meant}?`;
  throw bad(`There is no field "${stranger.slice(0, 50)}"${hint}`);
}

function bad(message: string): PointsmanError {
  return new PointsmanError('API_BAD_REQUEST', message);
}
