import type { Json } from '../../core/json.ts';

const ISO = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/;
const MINUTE_MS = 60_000;

/**
 * Reads an ISO-8601 date and time with its offset or `Z` into ms since 1970, decimals cut at the millisecond; null when
 * it is not one. A time without an offset is none: its zone would be a guess.
 */
export function readTimestamp(value: Json): number | null {
  const match = typeof value === 'string' ? ISO.exec(value) : null;
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const offsetMs = offsetOf(match);
  if (offsetMs === null || hour > 23 || minute > 59 || second > 59) return null;
  const ms = match[7] === undefined ? 0 : Number(match[7].slice(0, 3).padEnd(3, '0'));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  // A day that does not exist, such as 30 February, rolls over into another; a year below 100 into the last century.
  const date = new Date(local);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1 || date.getUTCFullYear() !== year) return null;
  return local - offsetMs;
}

function offsetOf(match: RegExpExecArray): number | null {
  const [sign, hours, minutes] = [match[8], Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hours > 23 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}
