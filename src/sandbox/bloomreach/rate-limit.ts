const WINDOW_MS = 60_000;

/** Counts requests per source IP in fixed windows of a minute. Source: Tracking API overview. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #counts = new Map<string, number>();
  #window = Number.NEGATIVE_INFINITY;

  /** @param perMinute 0 lets everything pass. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts one request; returns 0 when it may pass, else the whole seconds until the window ends. */
  take(ip: string, nowMs: number): number {
    if (this.#perMinute === 0) return 0;
    const window = Math.floor(nowMs / WINDOW_MS);
    if (window !== this.#window) this.#open(window);
    const count = (this.#counts.get(ip) ?? 0) + 1;
    this.#counts.set(ip, count);
    return count <= this.#perMinute ? 0 : Math.max(1, Math.ceil(((window + 1) * WINDOW_MS - nowMs) / 1000));
  }

  /** Forgets every count. */
  clear(): void {
    this.#counts.clear();
  }

  #open(window: number): void {
    this.#window = window;
    this.#counts.clear();
  }
}
