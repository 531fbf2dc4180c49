import { NotInline } from '../failure.ts';
import type { Running, Sequence } from './running.ts';

/** What a node yields when its own work is done: a sequence of one is that one, of none nothing. */
export function settled(value: unknown): unknown {
  if (!isSequence(value)) return value;
  if (value.length === 0) return undefined;
  return value.length === 1 ? value[0] : value;
}

/** Marks a new array as a sequence. */
export function sequenceOf(values: unknown[]): Sequence {
  const sequence: Sequence = values;
  sequence.sequence = true;
  return sequence;
}

/** Whether a value is an array that JSONata may unwrap. */
export function isSequence(value: unknown): value is Sequence {
  return Array.isArray(value) && (value as Sequence).sequence === true;
}

/** Whether JSONata takes a value for a number; endless ones it refuses. */
export function isNumeric(value: unknown): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (Number.isFinite(value)) return true;
  throw new NotInline('JSONata refuses numbers without end.');
}

/** Whether JSONata takes a value for true; nothing is false. */
export function truth(value: unknown, run: Running): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return isNumeric(value) && value !== 0;
  if (typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value)) return hasMembers(value);
  run.spend(value.length);
  // Each element is looked at, though one would do: a number without end is refused wherever it stands.
  let found = false;
  for (const element of value) found = truth(element, run) || found;
  return found;
}

/** Whether two values are equal, to the last member. */
export function equal(left: unknown, right: unknown, run: Running): boolean {
  if (left === right) return true;
  if (typeof left === 'string' && typeof right === 'string') run.spendText(left.length);
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) && Array.isArray(right)) return equalLists(left, right, run);
  if (Array.isArray(left) || Array.isArray(right)) throw new NotInline('JSONata compares lists with objects.');
  return equalObjects(left as Members, right as Members, run);
}

type Members = Readonly<Record<string, unknown>>;

function equalLists(left: readonly unknown[], right: readonly unknown[], run: Running): boolean {
  if (left.length !== right.length) return false;
  run.spend(left.length);
  return left.every((element, index) => equal(element, right[index], run));
}

function equalObjects(left: Members, right: Members, run: Running): boolean {
  const keys = Object.keys(left);
  const others = Object.keys(right);
  run.spend(keys.length + others.length);
  if (keys.length !== others.length) return false;
  return keys.every((key) => Object.hasOwn(right, key)) && keys.every((key) => equal(left[key], right[key], run));
}

function hasMembers(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}
