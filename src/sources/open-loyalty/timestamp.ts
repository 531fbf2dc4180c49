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
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const offsetMs = offsetOf(match);
  const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const local = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second, ms);
  // A day that does not exist, such as 30 February, rolls over into another: it is then not what was written.
  const written = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}`;
  if (offsetMs === null || !new Date(local).toISOString().startsWith(written)) return null;
  return local - offsetMs;
}

function offsetOf(match: RegExpExecArray): number | null {
  const [sign, hours, minutes] = [match[8], Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hours > 23 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}
