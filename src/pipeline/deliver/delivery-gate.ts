import type { Answer } from '../../core/attempt.ts';
import { type Breaker, breakerAfter, breakerAt, CLOSED } from '../../core/breaker.ts';
import {
  afterCall,
  afterRateLimit,
  afterRetryAfter,
  callDelayMs,
  heldUntil,
  type Pace,
  rateNow,
  rebasedPace,
  restedPace,
} from '../../core/pace.ts';
import type { Destination } from '../../ports/destination.ts';
import type { Logger } from '../../ports/logger.ts';
import type { GateStatus } from './destination-status.ts';
import type { MadeCall } from './made-call.ts';
import type { Pauses } from './pauses.ts';

/** What a gate stands on. */
export interface GateTools {
  readonly destination: Pick<Destination, 'id' | 'limits'>;
  readonly pauses: Pauses;
  readonly log: Logger;
}

/** Why nothing is sent. */
export type Closure = 'paused' | 'open' | 'held';

/** Nothing is gathered for a call that could leave only later than this, in ms. */
const LONGEST_DELAY_MS = 5_000;
const NO_ENDPOINTS: readonly string[] = [];

/** Whether calls to one destination may leave now: its pauses, its breaker, its pace. */
export class DeliveryGate {
  readonly #tools: GateTools;
  #breaker: Breaker = CLOSED;
  #pace: Pace;
  #calls = 0;
  #failedCalls = 0;

  constructor(tools: GateTools, nowMs: number) {
    this.#tools = tools;
    this.#pace = restedPace(tools.destination.limits.ratePerSecond, nowMs);
  }

  /** Null = calls may leave, or will within seconds. */
  closedBy(nowMs: number): Closure | null {
    const { pauses, destination } = this.#tools;
    if (pauses.ongoing(destination.id).some(({ endpoint }) => endpoint === null)) return 'paused';
    if (this.breaker(nowMs).kind === 'open') return 'open';
    return this.callDelayMs(nowMs) > LONGEST_DELAY_MS ? 'held' : null;
  }

  breaker(nowMs: number): Breaker {
    this.#breaker = breakerAt(this.#breaker, this.#tools.destination.limits, nowMs);
    return this.#breaker;
  }

  /** Whether one call at a time finds out if the destination is back. */
  isTrying(nowMs: number): boolean {
    return this.breaker(nowMs).kind === 'half-open';
  }

  pausedEndpoints(): readonly string[] {
    const ongoing = this.#tools.pauses.ongoing(this.#tools.destination.id);
    return ongoing.length === 0 ? NO_ENDPOINTS : ongoing.flatMap(({ endpoint }) => endpoint ?? []);
  }

  callDelayMs(nowMs: number): number {
    this.#pace = rebasedPace(this.#pace, nowMs);
    return callDelayMs(this.#pace, nowMs);
  }

  rateNow(nowMs: number): number {
    return rateNow(this.#pace, nowMs);
  }

  status(nowMs: number): GateStatus {
    const breaker = this.breaker(nowMs);
    const ratePerSecond = rateNow(this.#pace, nowMs);
    const heldUntilMs = heldUntil(this.#pace, nowMs);
    return { breaker, ratePerSecond, heldUntilMs, calls: this.#calls, failedCalls: this.#failedCalls };
  }

  /** A call leaves. */
  pass(nowMs: number): void {
    this.#calls += 1;
    this.#pace = afterCall(this.#pace, nowMs);
  }

  /** Learns from a call; resolves when what must outlive the process is stored. */
  async learn(call: MadeCall): Promise<void> {
    const { result, nowMs } = call;
    const isRefused = result.answers.some(({ verdict }) => verdict === 'unauthorized');
    const isLimited = result.answers.some(({ code }) => code === 'DELIVERY_RATE_LIMITED');
    if (isLimited) this.#pace = afterRateLimit(this.#pace, call);
    this.#hold(result.answers, nowMs);
    // A destination that limits or refuses us is alive: the pace and the pauses take care of that.
    this.#count(result.failed && !isRefused && !isLimited, nowMs);
    if (isRefused) await this.#pause(call);
  }

  #hold(answers: readonly Answer[], nowMs: number): void {
    let longestMs = 0;
    for (const { retryAfterMs } of answers) longestMs = Math.max(longestMs, retryAfterMs ?? 0);
    if (longestMs > 0) this.#pace = afterRetryAfter(this.#pace, longestMs, nowMs);
  }

  #count(failed: boolean, nowMs: number): void {
    const { destination, log } = this.#tools;
    const before = this.breaker(nowMs);
    if (failed) this.#failedCalls += 1;
    if (!failed && before === CLOSED) return;
    this.#breaker = breakerAfter(before, failed, destination.limits, nowMs);
    const fields = { stage: 'deliver', destination: destination.id };
    if (this.#breaker.kind === 'open' && before.kind === 'closed')
      log.warn({ ...fields, n: destination.limits.breakerFailures }, 'the breaker is open: call after call failed');
    if (this.#breaker.kind === 'closed' && before.kind !== 'closed')
      log.warn({ ...fields, ms: nowMs - before.sinceMs }, 'the breaker is closed: a call went through');
  }

  async #pause({ claims, result }: MadeCall): Promise<void> {
    const destination = this.#tools.destination.id;
    const refusals = new Map<string | null, string>();
    for (const [index, { verdict, atFault, detail }] of result.answers.entries()) {
      if (verdict !== 'unauthorized') continue;
      const endpoint = atFault === 'endpoint' ? (claims[index]?.delivery.endpoint ?? null) : null;
      refusals.set(endpoint, detail ?? 'The credentials were refused');
    }
    const pausing = [...refusals].map(([endpoint, detail]) =>
      this.#tools.pauses.refused({ destination, endpoint }, detail),
    );
    await Promise.all(pausing);
  }
}
