const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a `Retry-After` header, in seconds or as an HTTP date, into ms from now: 0 for the past, at most a day; null
 * when it is absent or unreadable. Source: RFC 9110, 10.2.3; that Bloomreach and Open Loyalty send it is unconfirmed.
 */
export function retryAfterMs(header: string | readonly string[] | undefined, nowMs: number): number | null {
  const value = typeof header === 'string' ? header : header?.[0];
  const ms = value === undefined ? Number.NaN : toMs(value.trim(), nowMs);
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_MS);
}

function toMs(text: string, nowMs: number): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes almost anything for a date: only one that begins with its weekday is an HTTP date.
  return /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) - nowMs : Number.NaN;
}
