/** Time and chance, passed in everywhere so that a test can turn the crank. */
export interface Clock {
  /** Unix time in ms. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
