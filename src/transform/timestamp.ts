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
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,20}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?)?$/;

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The Gregorian calendar repeats itself. */
const CYCLE_YEARS = 400;
const CYCLE_DAYS = 146_097;

/** Reads an ISO 8601 date or date-time; without an offset it is UTC. Null when it is none, or no such day exists. */
export function readTimestamp(text: string): Timestamp | null {
  const match = ISO_8601.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', , sign, hours, minutes = '0'] =
    match;
  const midnight = midnightOf(Number(year), Number(month), Number(day));
  if (midnight === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const local = midnight + Number(hour) * HOUR_S + Number(minute) * MINUTE_S + Number(second);
  if (hours === undefined) return { seconds: local, fraction, offsetMinutes: 0 };
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const offsetMinutes = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return { seconds: local - offsetMinutes * MINUTE_S, fraction, offsetMinutes };
}

/** Unix seconds of a day's beginning in UTC; null when no such day exists, such as 30 February. */
function midnightOf(year: number, month: number, day: number): number | null {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && !isLeap ? 28 : (LONGEST_MONTHS[month - 1] ?? 0);
  if (day < 1 || day > last) return null;
  // The calendar repeats; without the shift JavaScript would take the years 0 to 99 for 1900 to 1999.
  return Date.UTC(year + CYCLE_YEARS, month - 1, day) / 1000 - CYCLE_DAYS * DAY_S;
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
