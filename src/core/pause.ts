/** Why something is paused. */
export type PauseCause = 'by_hand' | 'unauthorized';

/** A time in which nothing is sent to a destination, or to one endpoint of it. Times in ms. */
export interface Pause {
  readonly destination: string;
  /** Null = the whole destination. */
  readonly endpoint: string | null;
  readonly cause: PauseCause;
  /** One line for people: who or what paused it. */
  readonly detail: string;
  readonly sinceMs: number;
  /** Null while it goes on. */
  readonly untilMs: number | null;
}

/** As much of a pause as its length takes. */
export type PausedTime = Pick<Pause, 'destination' | 'endpoint' | 'sinceMs' | 'untilMs'>;

/** What is asked of pauses: an endpoint is paused with its destination. */
export interface Address {
  readonly destination: string;
  readonly endpoint: string;
}

/** Whether a pause of this address goes on. */
export function isPaused(pauses: readonly Pause[], address: Address): boolean {
  return pauses.some((pause) => pause.untilMs === null && concerns(pause, address));
}

/** How long of the time from `fromMs` to `toMs` the address was paused, in ms; pauses that overlap count once. */
export function pausedMs(pauses: readonly PausedTime[], address: Address, fromMs: number, toMs: number): number {
  const spans = pauses
    .filter((pause) => concerns(pause, address))
    .map(({ sinceMs, untilMs }) => [Math.max(sinceMs, fromMs), Math.min(untilMs ?? toMs, toMs)] as const)
    .sort(([left], [right]) => left - right);
  let sum = 0;
  let countedTo = fromMs;
  for (const [since, until] of spans) {
    sum += Math.max(0, until - Math.max(since, countedTo));
    countedTo = Math.max(countedTo, until);
  }
  return sum;
}

function concerns({ destination, endpoint }: Pick<Pause, 'destination' | 'endpoint'>, address: Address): boolean {
  return destination === address.destination && (endpoint === null || endpoint === address.endpoint);
}
