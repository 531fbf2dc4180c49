import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** A step repeated for as long as there is work. */
export interface WorkLoop {
  /** A hint that there may be work now. Polling alone is correct without it. */
  wake(): void;
  /** Resolves when the loop has ended after its signal aborted. */
  readonly ended: Promise<void>;
}

/** What a loop runs on. */
export interface WorkLoopOptions {
  readonly name: string;
  /** Does some work and says how much; 0 = nothing to do now. */
  readonly step: () => Promise<number>;
  /** How long it sleeps without a hint, in ms. */
  readonly pollMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the loop after the step it is in. */
  readonly signal: AbortSignal;
}

/** Why a rest ended early: given as it is, so that no error with a stack is made for it. */
const HINT = Symbol('hint');

/** While a step goes on failing, one line a minute says so. */
const FAILURES_PER_LINE = 60;

/** How long a loop rests after a failed step, in ms: a broken disk must not spin a processor. */
const REST_AFTER_FAILURE_MS = 1_000;

/** Starts a loop. A step that rejects is logged and tried again after a rest. */
export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  let hinted = false;
  let resting: AbortController | null = null;
  const wake = () => {
    hinted = true;
    resting?.abort(HINT);
  };
  options.signal.addEventListener('abort', wake, { once: true });

  async function rest(ms: number): Promise<void> {
    if (hinted) return;
    resting = new AbortController();
    await options.clock.sleep(ms, resting.signal).catch(() => undefined);
    resting = null;
  }

  async function loop(): Promise<void> {
    for (let failures = 0; !options.signal.aborted; ) {
      hinted = false;
      const done = await stepOnce(options, failures);
      failures = done === null ? failures + 1 : 0;
      if (done === 0) await rest(options.pollMs);
      if (done === null) await options.clock.sleep(REST_AFTER_FAILURE_MS, options.signal).catch(() => undefined);
    }
  }

  return { wake, ended: loop() };
}

/** Null when the step failed. */
async function stepOnce({ step, name, log }: WorkLoopOptions, failures: number): Promise<number | null> {
  try {
    return await step();
  } catch (cause) {
    if (failures % FAILURES_PER_LINE !== 0) return null;
    const err = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    log.error({ stage: name, err }, `the ${name} loop failed; trying again`);
    return null;
  }
}
