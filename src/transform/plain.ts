import { PointsmanError } from '../core/errors.ts';
import { MAX_DEPTH } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { MAX_REQUEST_BYTES } from '../core/mapping.ts';

/** How many characters a request may still grow: stops a value that is small in memory and endless as text. */
export class Budget {
  /** Characters so far. */
  spent = 0;

  /** Throws `TRANSFORM_TOO_LARGE` when nothing is left. */
  spend(characters: number): void {
    this.spent += characters;
    if (this.spent > MAX_REQUEST_BYTES) {
      throw new PointsmanError('TRANSFORM_TOO_LARGE', `The request is larger than ${MAX_REQUEST_BYTES / 1024} kB.`);
    }
  }
}

/**
 * Turns what a formula yielded into plain JSON, without JSONata's marks on sequences; undefined for nothing.
 * Throws `TRANSFORM_ERROR` for functions, for numbers that JSON cannot hold and for endless nesting.
 */
export function plainJson(value: unknown, budget: Budget, depth = 0): Json | undefined {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    budget.spend(value.length);
    return value;
  }
  if (typeof value === 'number') return finite(value);
  if (isFunctionValue(value)) throw new PointsmanError('TRANSFORM_ERROR', 'It yielded a function instead of a value.');
  if (typeof value !== 'object') throw new PointsmanError('TRANSFORM_ERROR', `It yielded a ${typeof value}.`);
  if (depth > MAX_DEPTH) {
    throw new PointsmanError('TRANSFORM_ERROR', `It yielded a value nested more than ${MAX_DEPTH} levels deep.`);
  }
  budget.spend(2);
  return Array.isArray(value) ? plainArray(value, budget, depth) : plainObject(value, budget, depth);
}

/** A value as people see it: undefined for what JSON cannot hold. */
export function shown(value: unknown): Json | undefined {
  try {
    return plainJson(value, new Budget());
  } catch {
    return undefined;
  }
}

/** True for JSONata's functions (built in or lambda) and JavaScript's. */
export function isFunctionValue(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  const marks: { _jsonata_function?: unknown; _jsonata_lambda?: unknown } = value;
  return marks._jsonata_function === true || marks._jsonata_lambda === true;
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new PointsmanError('TRANSFORM_ERROR', `It yielded ${value}, which is no number that JSON can hold.`);
}

function plainArray(value: readonly unknown[], budget: Budget, depth: number): Json {
  const plain: Json[] = [];
  for (const element of value) {
    budget.spend(1);
    const inner = plainJson(element, budget, depth + 1);
    if (inner !== undefined) plain.push(inner);
  }
  return plain;
}

function plainObject(value: object, budget: Budget, depth: number): Json {
  // Without a prototype a key named __proto__ is a key like any other.
  const plain: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    budget.spend(key.length + 4);
    const inner = plainJson(member, budget, depth + 1);
    if (inner !== undefined) plain[key] = inner;
  }
  return plain;
}
