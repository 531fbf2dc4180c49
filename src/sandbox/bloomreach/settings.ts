/** The places where Bloomreach's sources disagree or are silent, and what a test or a bench may want to switch off. */
export interface SandboxSettings {
  /** Status of a single route's validation failure: current docs say 4xx, a support page shows the texts under 200. */
  readonly validationStatus: 200 | 400;
  /** Tracking requests per minute and source IP, in fixed windows; 0 switches the limit off. */
  readonly rateLimitPerMinute: number;
  /** Whether a 429 of the rate limit carries `Retry-After` (seconds); no first-party text promises it. */
  readonly retryAfter: boolean;
  /** Whether an event without `properties` is refused; an older page of the docs asked for at least one. */
  readonly propertiesRequired: boolean;
  /** What happens to a batch of more than 50 commands; the real answer is unconfirmed. */
  readonly oversizeBatch: 'reject' | 'accept';
  /** The order in which the commands of a batch are run; the docs warn not to rely on the array's. */
  readonly batchOrder: 'shuffled' | 'array';
  /** Whether a batch may hold `system/time`. */
  readonly systemTimeInBatch: boolean;
  /** Whether an unknown command name fails only its command or the whole batch. */
  readonly unknownCommand: 'reject-command' | 'reject-batch';
  /** Time until exports show a write; drawn evenly from this range. */
  readonly queueDelayMs: { readonly min: number; readonly max: number };
  /** Whether repeated events are discarded. */
  readonly dedupe: boolean;
  /** What happens to a value or message over its size limit; `drop` answers success and stores nothing. */
  readonly overLimit: 'reject' | 'drop';
  /** Whether identifier values are lower-cased on input: a per-project option. Trimming is always on. */
  readonly lowercaseIds: boolean;
  /** Names of the hard ids, the strongest first; every other name is a soft id. */
  readonly hardIds: readonly string[];
  /** Event types that the API key may not set. */
  readonly forbiddenEventTypes: readonly string[];
  /** Write attempts remembered in the journal; 0 switches it off. */
  readonly journalLimit: number;
  /** Whether accepted events are kept for export; off, the sandbox is a sink that costs no memory per event. */
  readonly keepEvents: boolean;
  /** Largest request body in bytes; a larger one is answered with 413. */
  readonly bodyLimitBytes: number;
}

/** What the sandbox does when nothing is switched. */
export const DEFAULT_SETTINGS: SandboxSettings = Object.freeze({
  validationStatus: 400,
  rateLimitPerMinute: 6000,
  retryAfter: false,
  propertiesRequired: false,
  oversizeBatch: 'reject',
  batchOrder: 'shuffled',
  systemTimeInBatch: true,
  unknownCommand: 'reject-command',
  queueDelayMs: Object.freeze({ min: 500, max: 2000 }),
  dedupe: true,
  overLimit: 'reject',
  lowercaseIds: false,
  hardIds: Object.freeze(['registered']),
  forbiddenEventTypes: Object.freeze([]),
  journalLimit: 100_000,
  keepEvents: true,
  bodyLimitBytes: 2 * 1024 * 1024,
});
