/** Counts calls in fixed windows. */
export class RateLimit {
  readonly #limit: number;
  readonly #windowMs: number;
  #window = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param limit calls per window; 0 lets everything pass. */
  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Counts one call; returns 0 when it may pass, else the whole seconds until the window ends. */
  take(nowMs: number): number {
    if (this.#limit === 0) return 0;
    const window = Math.floor(nowMs / this.#windowMs);
    if (window !== this.#window) this.#count = 0;
    this.#window = window;
    this.#count += 1;
    if (this.#count <= this.#limit) return 0;
    return Math.max(1, Math.ceil(((window + 1) * this.#windowMs - nowMs) / 1000));
  }
}
