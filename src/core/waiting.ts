const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When a delivery that waits for a fact is looked at, counted from the moment it began to wait: ms. */
export const WAITING_SCHEDULE_MS: readonly number[] = [
  MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
  24 * HOUR_MS,
  72 * HOUR_MS,
];

/** The next look at a delivery that waits since `sinceMs`; null when its time is up. */
export function nextLookMs(sinceMs: number, nowMs: number): number | null {
  const next = WAITING_SCHEDULE_MS.find((offset) => sinceMs + offset > nowMs);
  return next === undefined ? null : sinceMs + next;
}
