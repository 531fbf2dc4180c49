import { DEFAULT_SIGNING, type SigningSettings } from './signature.ts';

/** Where the documentation is silent about sending, and what a test may want to switch. */
export interface EmitterSettings {
  readonly signing: SigningSettings;
  /** How long an answer may take, in ms; unconfirmed, 1 s in version 3. */
  readonly timeoutMs: number;
  /** Between the two tries, in ms; unconfirmed. */
  readonly retryDelayMs: number;
  /** Whether no answer at all (refused, reset, timed out) is tried again as a 4xx or 5xx is; unconfirmed. */
  readonly retryNoAnswer: boolean;
  /** Whether two subscriptions are told of one event under one message id; unconfirmed. */
  readonly messageIds: 'per-event' | 'per-subscription';
  /** Requests in flight. Messages about one member wait for each other, those about different ones do not. */
  readonly concurrency: number;
  /** Deliveries remembered. */
  readonly journalLimit: number;
}

/** What the sandbox does when nothing is switched. */
export const DEFAULT_EMITTER_SETTINGS: EmitterSettings = Object.freeze({
  signing: DEFAULT_SIGNING,
  timeoutMs: 10_000,
  retryDelayMs: 0,
  retryNoAnswer: false,
  messageIds: 'per-event',
  concurrency: 8,
  journalLimit: 10_000,
});
