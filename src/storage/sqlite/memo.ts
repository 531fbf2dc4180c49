/** Remembers what rows say, so that they need not be asked again. */
export interface Memo<Value> {
  /** The remembered value, else the one that `find` gives. */
  of(key: string, find: () => Value): Value;
  /** Forgets everything: some of the rows may be gone again. */
  reset(): void;
}

/** Keys come from outside too: an endless stream of new ones must not fill the memory. */
const MOST_REMEMBERED = 10_000;

/** An empty memo. */
export function memo<Value>(): Memo<Value> {
  const known = new Map<string, Value>();
  return {
    of(key, find) {
      const remembered = known.get(key);
      if (remembered !== undefined) return remembered;
      const found = find();
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(key, found);
      return found;
    },
    reset: () => known.clear(),
  };
}
