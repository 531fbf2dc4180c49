const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Offsets change on quarters of an hour at most, so one look-up serves each quarter. */
const BUCKET_MS = 15 * MINUTE_MS;

/** A time zone of the IANA list: how a tenant writes times, and where its days begin. */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** Throws a RangeError for a name that is none. */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /** An ISO-8601 time with the zone's offset of that moment and without milliseconds, as Open Loyalty writes it. */
  text(ms: number): string {
    const offsetMs = this.#offsetMs(ms);
    const local = new Date(ms + offsetMs).toISOString().slice(0, 19);
    const minutes = Math.abs(offsetMs) / MINUTE_MS;
    return `${local}${offsetMs < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
  }

  /** The local calendar day as a number that rises by one a day. */
  day(ms: number): number {
    return Math.floor((ms + this.#offsetMs(ms)) / DAY_MS);
  }

  /** The moment a local calendar day begins. */
  startOfDay(day: number): number {
    const guess = day * DAY_MS - this.#offsetMs(day * DAY_MS);
    return day * DAY_MS - this.#offsetMs(guess);
  }

  /** The last second of the local day that lies `days` after the day of `ms`. */
  endOfDay(ms: number, days: number): number {
    return this.startOfDay(this.day(ms) + days + 1) - 1000;
  }

  #offsetMs(ms: number): number {
    const bucket = Math.floor(ms / BUCKET_MS);
    const known = this.#offsets.get(bucket);
    if (known !== undefined) return known;
    const offsetMs = this.#lookUp(bucket * BUCKET_MS);
    this.#offsets.set(bucket, offsetMs);
    return offsetMs;
  }

  #lookUp(ms: number): number {
    const name = this.#format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    const match = /^GMT([+-])(\d{2}):(\d{2})/.exec(name);
    if (match === null) return 0;
    return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * MINUTE_MS;
  }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
