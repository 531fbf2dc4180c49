import type { Breaker } from '../../core/breaker.ts';
import type { Pause } from '../../core/pause.ts';

/** How one destination is served now. Times in ms. */
export interface DestinationStatus {
  readonly destination: string;
  /** `open`: its breaker is, or one call at a time finds out whether it is back. */
  readonly state: 'ok' | 'paused' | 'open';
  /** Since when it is in that state; null when it is `ok`. */
  readonly sinceMs: number | null;
  /** One line for people; null when it is `ok`. */
  readonly reason: string | null;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly callsInFlight: number;
  /** Claimed deliveries that wait for their call. */
  readonly gathered: number;
  /** Calls a second, as slowed down now. */
  readonly ratePerSecond: number;
  /** Until when it asked us to wait; null when it did not. */
  readonly heldUntilMs: number | null;
  /** Calls made since it is served, and how many of them failed as a whole. */
  readonly calls: number;
  readonly failedCalls: number;
  /** Those of it and of its endpoints that go on. */
  readonly pauses: readonly Pause[];
}

/** What a status is put together from. */
interface StatusParts extends Pick<DestinationStatus, 'destination' | 'callsInFlight' | 'gathered' | 'pauses'> {
  readonly gate: GateStatus;
}

/** What the gate knows: its breaker, its pace, what passed. */
export interface GateStatus extends Pick<DestinationStatus, 'ratePerSecond' | 'heldUntilMs' | 'calls' | 'failedCalls'> {
  readonly breaker: Breaker;
}

/** Puts a status together. A pause counts before the breaker. */
export function statusOf({ gate, ...parts }: StatusParts): DestinationStatus {
  const { breaker, ...numbers } = gate;
  const served = { ...parts, ...numbers, breaker: breaker.kind };
  const whole = parts.pauses.find(({ endpoint }) => endpoint === null);
  if (whole) return { ...served, state: 'paused', sinceMs: whole.sinceMs, reason: whole.detail };
  if (breaker.kind === 'closed') return { ...served, state: 'ok', sinceMs: null, reason: null };
  const reason = breaker.kind === 'open' ? 'Call after call failed' : 'One call at a time finds out whether it is back';
  return { ...served, state: 'open', sinceMs: breaker.sinceMs, reason };
}
