/** Durations sorted into buckets: plain numbers, so that one more costs next to nothing. */
export class Buckets {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    // One more, for what is above all bounds.
    this.#counts = new Float64Array(bounds.length + 1);
  }

  get sum(): number {
    return this.#sum;
  }

  /** A clock that was set back must not make a negative duration: `rate()` would go mad. */
  add(seconds: number): void {
    this.addSame(seconds, 1);
  }

  /** As many durations that are the same. */
  addSame(seconds: number, count: number): void {
    const duration = Math.max(0, seconds);
    const { bounds } = this;
    let index = 0;
    while (index < bounds.length && duration > (bounds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#sum += duration * count;
  }

  /** How many were at most as long as each bound, and, last, how many there were. */
  cumulative(): readonly number[] {
    let total = 0;
    return Array.from(this.#counts, (count) => {
      total += count;
      return total;
    });
  }
}
