import { PointsmanError } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** What persisting needs. */
export interface PersistTools {
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts at shutdown: what is not written by then is found again at the next start. */
  readonly signal: AbortSignal;
}

const RETRY_EVERY_MS = 1_000;
/** While the store goes on refusing, one line a minute says so. */
const FAILURES_PER_LINE = 60;

/**
 * Repeats a transition until the store takes it: work already done is never dropped because a disk is full for a while.
 * Returns null when the signal aborted first. Throws what is not the store's refusal: repeating a bug helps nobody.
 */
export async function persist<Result>(
  what: string,
  transition: () => Promise<Result>,
  tools: PersistTools,
): Promise<Result | null> {
  for (let failures = 0; ; failures++) {
    try {
      return await transition();
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      if (failures % FAILURES_PER_LINE === 0) {
        tools.log.error({ stage: 'store', code: cause.code, err: String(cause) }, `cannot store ${what}; trying again`);
      }
    }
    if (tools.signal.aborted) return null;
    await tools.clock.sleep(RETRY_EVERY_MS, tools.signal).catch(() => undefined);
  }
}

function isRefusal(cause: unknown): cause is PointsmanError {
  return cause instanceof PointsmanError && cause.stage === 'store' && cause.retryable;
}
