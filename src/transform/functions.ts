import { createHash } from 'node:crypto';
import { PointsmanError } from '../core/errors.ts';
import type { MemberIdKind } from '../core/event.ts';
import type { TransformInput } from '../ports/transform-engine.ts';
import { HIDDEN_FUNCTIONS } from './function-names.ts';
import type { Library } from './library.ts';
import type { Recalls } from './recalls.ts';
import { concatenate } from './text-limits.ts';
import { calendarDaysUntil, readTimestamp, type Timestamp, unixSeconds } from './timestamp.ts';

/** Variables that a formula starts with. */
export type Bindings = Readonly<Record<string, unknown>>;

/** What functions know of the job that calls them. */
export interface JobFacts {
  readonly input: TransformInput;
  readonly recalls: Recalls;
  /** The part being made, from 0. */
  part: number;
}

/** The name under which `&` calls its replacement: no formula can write a name with a space. */
export const CONCATENATE = ' concatenate';

/** Bound to nothing, they are unknown. */
const HIDDEN: Bindings = Object.fromEntries(HIDDEN_FUNCTIONS.map((name) => [name, undefined]));

/** Where a person's identifiers stand (Open Loyalty's webhook schemas). */
const PERSON_FIELDS: Readonly<Record<MemberIdKind, readonly string[]>> = {
  email: ['email', 'customerEmail'],
  customerId: ['customerId'],
  phone: ['phone', 'customerPhone'],
  loyaltyCardNumber: ['loyaltyCardNumber', 'customerLoyaltyCardNumber'],
};

const LOCAL_DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;

/**
 * The functions of one job (CONTRACT §2): those JSONata lacks, and those of its own that must follow the event's clock.
 * Fresh for each job, so that nothing a formula does to them outlives it.
 */
export function functionsFor(job: JobFacts, library: Library): Bindings {
  const { clockMs, eventId } = job.input;
  const toText = (value: unknown): string =>
    typeof value === 'string' ? value : String(library.native('string').implementation.call(undefined, value));
  const fromMillis = library.native('fromMillis').implementation;
  const toMillis = library.native('toMillis').implementation;
  return {
    ...HIDDEN,
    [CONCATENATE]: (left: unknown, right: unknown) => concatenate(left, right, toText),
    now: library.define(
      (picture: unknown, timezone: unknown) => fromMillis.call(undefined, clockMs, picture, timezone),
      '<s?s?:s>',
    ),
    millis: library.define(() => clockMs, '<:n>'),
    toMillis: library.define((timestamp: unknown, picture: unknown) => {
      // Without an offset JavaScript would read the machine's zone, and a picture without a date the machine's clock.
      const utc = picture === undefined && LOCAL_DATE_TIME.test(String(timestamp)) ? `${timestamp}Z` : timestamp;
      return toMillis.call({ environment: { timestamp: new Date(clockMs) } }, utc, picture);
    }, '<s-s?:n>'),
    toSeconds: library.define(toSeconds, '<x-:x>'),
    daysUntil: library.define((ts: unknown) => daysUntil(ts, clockMs), '<x-:x>'),
    sha256: library.define(sha256, '<x-:x>'),
    eventId: library.define(() => (job.part === 0 ? eventId : `${eventId}:${job.part}`), '<:s>'),
    memberId: library.define((person: unknown) => memberId(person, job.input.memberIdKind), '<x-:x>'),
    recall: library.define((kind: unknown, key: unknown) => recall(job.recalls, kind, key), '<xx:x>'),
  };
}

function toSeconds(ts: unknown): number | undefined {
  if (isNothing(ts)) return undefined;
  if (typeof ts === 'number') return ts;
  return unixSeconds(timestampOf('toSeconds', ts));
}

function daysUntil(ts: unknown, clockMs: number): number | undefined {
  if (isNothing(ts)) return undefined;
  return calendarDaysUntil(timestampOf('daysUntil', ts), clockMs);
}

function sha256(text: unknown): string | undefined {
  if (isNothing(text)) return undefined;
  if (typeof text !== 'string') throw refused('sha256', text, 'a text');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Reads both ways in which Open Loyalty writes a person: `{ email }`, and flat beside other fields as `customerEmail`. */
function memberId(person: unknown, kind: MemberIdKind): string | undefined {
  if (isNothing(person)) return undefined;
  if (typeof person !== 'object' || Array.isArray(person)) throw refused('memberId', person, 'a person');
  const text = PERSON_FIELDS[kind]
    .map((field) => (Object.hasOwn(person, field) ? (person as Record<string, unknown>)[field] : undefined))
    .flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value).trim()] : []))
    .find(identifies);
  if (text === undefined) return undefined;
  return kind === 'email' ? text.toLowerCase() : text;
}

/** Bloomreach takes no id without a letter or digit, nor the words null and undefined: who has only that has none. */
function identifies(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text) && !/^(null|undefined)$/i.test(text);
}

function recall(recalls: Recalls, kind: unknown, key: unknown): unknown {
  if (isNothing(kind) || isNothing(key)) return undefined;
  if (typeof kind !== 'string') throw refused('recall', kind, 'the kind of a fact as a text');
  if (typeof key !== 'string' && typeof key !== 'number') throw refused('recall', key, 'a key as a text');
  return recalls.recall(kind, String(key));
}

function timestampOf(name: string, value: unknown): Timestamp {
  const timestamp = typeof value === 'string' ? readTimestamp(value) : null;
  if (timestamp === null) throw refused(name, value, 'a time such as 2026-02-11T09:30:00+01:00');
  return timestamp;
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function refused(name: string, value: unknown, wanted: string): PointsmanError {
  const shown = typeof value === 'object' || typeof value === 'function' ? kindOf(value) : JSON.stringify(value);
  return new PointsmanError('TRANSFORM_ERROR', `$${name} takes ${wanted}, not ${shown}.`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : 'a function';
}
