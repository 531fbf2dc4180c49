import type { Json } from '../../core/json.ts';

// No offset: the docs take a trailing Z, but not +12:00.
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})[ t](\d{1,2}):(\d{2}):(\d{2})(\.\d+)?z?$/i;
const DECIMAL = /^-?\d+(\.\d+)?$/;

/**
 * Reads a timestamp as Unix seconds with all its decimals; null when it is none. Takes numbers, quoted numbers and the
 * partial ISO 8601 of the docs. Milliseconds are not detected: they are a far future. Source: Data types.
 */
export function toSeconds(value: Json): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (DECIMAL.test(text)) return Number(text);
  const [match, year, month, day, hour, minute, second, fraction] = ISO.exec(text) ?? [];
  if (match === undefined) return null;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return at / 1000 + Number(fraction ?? 0);
}
