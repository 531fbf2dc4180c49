import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../core/json.ts';

/** SHA-256 of UTF-8 text, as hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** True when more than `limit` arrays and objects nest in each other. Goes no deeper than the limit itself. */
export function isDeeperThan(value: Json, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) return value.some((item: Json) => isDeeperThan(item, limit - 1));
  const members = value as JsonObject;
  for (const key in members) if (isDeeperThan(members[key] ?? null, limit - 1)) return true;
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
