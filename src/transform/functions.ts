import { createHash } from 'node:crypto';
import { PointsmanError } from '../core/errors.ts';
import type { MemberIdKind } from '../core/event.ts';
import type { TransformInput } from '../ports/transform-engine.ts';
import { HIDDEN_FUNCTIONS } from './function-names.ts';
import type { Library } from './library.ts';
import type { Recalls } from './recalls.ts';
import { concatenate, type Implementation } from './text-limits.ts';
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

/** A function that JSONata lacks, or one of its own that must follow the event's clock. */
export interface OwnFunction {
  readonly name: string;
  readonly signature: Parameters<Library['define']>[1];
  /** Most arguments it takes. */
  readonly takes: number;
  call(job: JobFacts, first: unknown, second: unknown): unknown;
}

/** The functions of this language beside JSONata's (CONTRACT §2). They hold nothing of a job: one list serves all. */
export function ownFunctions(library: Library): readonly OwnFunction[] {
  const fromMillis = library.native('fromMillis').implementation;
  const toMillis = library.native('toMillis').implementation;
  return [
    {
      name: 'now',
      signature: '<s?s?:s>',
      takes: 2,
      call: ({ input }, picture, timezone) => fromMillis.call(undefined, input.clockMs, picture, timezone),
    },
    { name: 'millis', signature: '<:n>', takes: 0, call: ({ input }) => input.clockMs },
    {
      name: 'toMillis',
      signature: '<s-s?:n>',
      takes: 2,
      call({ input }, timestamp, picture) {
        // Without an offset JavaScript would read the machine's zone, and a picture without a date the machine's clock.
        const utc = picture === undefined && LOCAL_DATE_TIME.test(String(timestamp)) ? `${timestamp}Z` : timestamp;
        return toMillis.call({ environment: { timestamp: new Date(input.clockMs) } }, utc, picture);
      },
    },
    { name: 'toSeconds', signature: '<x-:x>', takes: 1, call: (_, ts) => toSeconds(ts) },
    { name: 'daysUntil', signature: '<x-:x>', takes: 1, call: ({ input }, ts) => daysUntil(ts, input.clockMs) },
    { name: 'sha256', signature: '<x-:x>', takes: 1, call: (_, text) => sha256(text) },
    { name: 'eventId', signature: '<:s>', takes: 0, call: eventId },
    {
      name: 'memberId',
      signature: '<x-:x>',
      takes: 1,
      call: ({ input }, person) => memberId(person, input.memberIdKind),
    },
    { name: 'recall', signature: '<xx:x>', takes: 2, call: ({ recalls }, kind, key) => recall(recalls, kind, key) },
  ];
}

/** What `&` takes its operands for. */
export function textOf(library: Library): (value: unknown) => string {
  const string = library.native('string').implementation;
  return (value) => (typeof value === 'string' ? value : String(string.call(undefined, value)));
}

/** The functions bound for the formulas of one job: fresh, so that nothing a formula does to them outlives it. */
export function functionsFor(job: JobFacts, library: Library): Bindings {
  const toText = textOf(library);
  const bindings: Record<string, unknown> = { ...HIDDEN };
  bindings[CONCATENATE] = (left: unknown, right: unknown) => concatenate(left, right, toText);
  for (const own of ownFunctions(library)) bindings[own.name] = library.define(boundTo(job, own), own.signature);
  return bindings;
}

/** JSONata reads parameter names and count off the function itself. */
function boundTo(job: JobFacts, { takes, call }: OwnFunction): Implementation {
  if (takes === 0) return () => call(job, undefined, undefined);
  if (takes === 1) return (value: unknown) => call(job, value, undefined);
  return (first: unknown, second: unknown) => call(job, first, second);
}

function eventId({ input, part }: JobFacts): string {
  return part === 0 ? input.eventId : `${input.eventId}:${part}`;
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
  for (const field of PERSON_FIELDS[kind]) {
    const value = Object.hasOwn(person, field) ? (person as Record<string, unknown>)[field] : undefined;
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const text = String(value).trim();
    if (identifies(text)) return kind === 'email' ? text.toLowerCase() : text;
  }
  return undefined;
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
