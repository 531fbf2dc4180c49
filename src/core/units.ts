const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_BYTES: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };
const RATE_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60 };

/** Reads a duration such as `250ms 5s 2m 3h 90d` into ms; null when it is not one. Whole numbers only. */
export function parseDuration(text: string): number | null {
  return scaled(/^(\d+)(ms|s|m|h|d)$/.exec(text), DURATION_MS);
}

/** Reads a size such as `512b 64kb 1mb 2gb` into bytes, in steps of 1,024; null when it is not one. */
export function parseSize(text: string): number | null {
  return scaled(/^(\d+)(b|kb|mb|gb)$/.exec(text), SIZE_BYTES);
}

/** Reads a rate such as `80/s` or `6000/m` into a number per second; null when it is not one or not above zero. */
export function parseRate(text: string): number | null {
  const match = /^(\d+)\/(s|m)$/.exec(text);
  const count = Number(match?.[1]);
  const seconds = RATE_SECONDS[match?.[2] ?? ''];
  if (seconds === undefined || !Number.isSafeInteger(count) || count === 0) return null;
  return count / seconds;
}

/** The matched count times its unit; null beyond the integers that a number holds exactly. */
function scaled(match: RegExpExecArray | null, units: Readonly<Record<string, number>>): number | null {
  const unit = units[match?.[2] ?? ''];
  if (unit === undefined) return null;
  const value = Number(match?.[1]) * unit;
  return Number.isSafeInteger(value) ? value : null;
}
