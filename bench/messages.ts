/** What the load is asked to send: events with the sequence numbers `first` to `first + count - 1`. */
export interface LoadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly first: number;
  readonly count: number;
  /** Open connections; each carries one request at a time. */
  readonly connections: number;
  /** Events per second of an open loop; null = closed loop: each connection sends its next when the last is answered. */
  readonly perSecond: number | null;
}

/** What became of the load, by index in the request's range. Times on the monotonic clock, in ms. */
export interface LoadReply {
  /** When each was sent. */
  readonly sentAt: Float64Array;
  /** When its 2xx was read; NaN when there was none. */
  readonly ackAt: Float64Array;
  readonly bodyBytes: number;
  /** Answers other than 2xx and broken connections, by status or error code. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** What the sink is asked: to start a new range, how many of it arrived, or everything it knows about it. */
export type SinkRequest =
  /** `delayMs`: how long it takes to answer a call, from now on. */
  | { readonly kind: 'expect'; readonly first: number; readonly count: number; readonly delayMs: number }
  | { readonly kind: 'arrived' }
  | { readonly kind: 'collect' };

/** What arrived at the sink since `expect`. */
export interface SinkReply {
  /** First arrival by index in the range, monotonic ms; NaN when it never came. */
  readonly arrivedAt: Float64Array;
  /** Arrivals after the first of the same event. */
  readonly repeats: number;
  readonly calls: number;
  readonly requestBytes: number;
}
