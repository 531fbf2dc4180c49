import type { Clock } from '../../ports/clock.ts';

/** Why a rest ended: given as it is, so that no error with a stack is made for it. */
const CLEARED = Symbol('cleared');

/** Rings once at the earliest of the times it was set to. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #atMs = Number.POSITIVE_INFINITY;
  #cancel: AbortController | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Does nothing when it rings earlier anyway: whoever is woken looks again and sets it anew. */
  set(delayMs: number): void {
    const atMs = this.#clock.now() + delayMs;
    if (this.#cancel !== null && this.#atMs <= atMs) return;
    this.clear();
    const cancel = new AbortController();
    this.#atMs = atMs;
    this.#cancel = cancel;
    this.#clock.sleep(delayMs, cancel.signal).then(
      () => {
        if (this.#cancel === cancel) this.#cancel = null;
        this.#ring();
      },
      () => undefined,
    );
  }

  clear(): void {
    this.#cancel?.abort(CLEARED);
    this.#cancel = null;
  }
}
