/** Chance with a memory of nothing but its seed: the same seed gives the same numbers (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A further chance that draws on its own, so that how often one is asked does not move the other. */
export function forkRandom(random: () => number): () => number {
  return seededRandom(Math.floor(random() * 2 ** 32));
}

/** What the world draws: numbers, choices and identifiers. */
export class Chance {
  readonly #random: () => number;
  #ids = 0;

  /** @param random uniform in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  /** Whether something of this probability happens. */
  hits(probability: number): boolean {
    return probability >= 1 || this.#random() < probability;
  }

  /** One of the items; undefined when there are none. */
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  /** An id in the shape of a UUID. A counter makes it unique whatever the random numbers are. */
  uuid(): string {
    this.#ids += 1;
    const head = this.hex(12);
    return `${head.slice(0, 8)}-${head.slice(8)}-4000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }

  /** Lower-case hex digits, at most 12 per draw. */
  hex(length: number): string {
    let text = '';
    while (text.length < length) {
      text += Math.floor(this.#random() * 2 ** 48)
        .toString(16)
        .padStart(12, '0');
    }
    return text.slice(0, length);
  }
}
