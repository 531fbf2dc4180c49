/** A moment as it was written. */
export interface Timestamp {
  /** Whole Unix seconds, rounded towards the past. */
  readonly seconds: number;
  /** The digits behind the decimal point; empty when there are none. */
  readonly fraction: string;
  /** The offset written, in minutes east of UTC; 0 when none is. */
  readonly offsetMinutes: number;
}

const ISO_8601 =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,20}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?)?$/;

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** Reads an ISO 8601 date or date-time; without an offset it is UTC. Null when it is none, or no such day exists. */
export function readTimestamp(text: string): Timestamp | null {
  const match = ISO_8601.exec(text);
  if (!match) return null;
  const [, date = '', hour = '0', minute = '0', second = '0', fraction = '', , sign = '+', hours = '0', minutes = '0'] =
    match;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // V8 rolls an impossible day such as 30 February over into the next month.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const offsetMinutes = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const local = midnight / 1000 + Number(hour) * HOUR_S + Number(minute) * MINUTE_S + Number(second);
  return { seconds: local - offsetMinutes * MINUTE_S, fraction, offsetMinutes };
}

/** Unix seconds with the decimals exactly as they were written, as far as a JSON number can hold them. */
export function unixSeconds({ seconds, fraction }: Timestamp): number {
  if (seconds >= 0) return Number(`${seconds}.${fraction}`);
  // Before 1970 the decimals count towards zero; integers keep that exact.
  const digits = fraction.length;
  const scaled = -(BigInt(seconds) * 10n ** BigInt(digits) + BigInt(`0${fraction}`));
  const text = scaled.toString().padStart(digits + 1, '0');
  return -Number(`${text.slice(0, text.length - digits)}.${text.slice(text.length - digits)}`);
}

/** Calendar days from `clockMs` to the moment, both seen in the offset that the moment was written in; negative = past. */
export function calendarDaysUntil({ seconds, offsetMinutes }: Timestamp, clockMs: number): number {
  const dayOf = (utcSeconds: number): number => Math.floor((utcSeconds + offsetMinutes * MINUTE_S) / DAY_S);
  return dayOf(seconds) - dayOf(clockMs / 1000);
}
