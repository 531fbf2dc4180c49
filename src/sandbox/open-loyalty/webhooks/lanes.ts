/** Runs tasks of one key one after another, and of all keys at most so many at a time. */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Resolves with the task's result; a task must not reject, or those behind it would never run. */
  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key);
    const result = this.#after(before, task);
    this.#tails.set(key, result);
    const value = await result;
    if (this.#tails.get(key) === result) this.#tails.delete(key);
    return value;
  }

  async #after<Result>(before: Promise<unknown> | undefined, task: () => Promise<Result>): Promise<Result> {
    await before;
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const value = await task();
    // The place goes straight to the next in line.
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
    return value;
  }
}
