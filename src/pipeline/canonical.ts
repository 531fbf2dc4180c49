import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../core/json.ts';

/** SHA-256 of UTF-8 text, as hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** True when more than `limit` arrays and objects nest in each other. Iterative: depth comes from outside. */
export function isDeeperThan(value: Json, limit: number): boolean {
  let level: readonly Json[] = isContainer(value) ? [value] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap(containersIn);
  }
  return false;
}

/** A copy of at most `limit` levels: arrays and objects further down are null. */
export function cutBelow(value: Json, limit: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (limit === 0) return null;
  if (Array.isArray(value)) return value.map((item: Json) => cutBelow(item, limit - 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cutBelow(member, limit - 1)]));
}

/** JSON text with object keys sorted at every level, so that equal values give equal text. Depth must be bounded. */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value as JsonObject)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function containersIn(value: Json): readonly Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value.filter(isContainer) : Object.values(value).filter(isContainer);
}

function isContainer(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}
