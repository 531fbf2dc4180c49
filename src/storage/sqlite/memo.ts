/** Half of the entries a memo keeps: keys come from outside too, an endless stream of new ones must not fill the memory. */
const GENERATION = 25_000;

/**
 * Remembers what rows say, so that they need not be asked again. What was not used for a generation of other keys is
 * forgotten.
 */
export class Memo<Key, Value> {
  readonly #find: (key: Key) => Value;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  /** @param find asks the rows. */
  constructor(find: (key: Key) => Value) {
    this.#find = find;
  }

  /** The remembered value, else the one that is found. */
  of(key: Key): Value {
    return this.#young.get(key) ?? this.#remember(key, this.#old.get(key) ?? this.#find(key));
  }

  /** Forgets everything: some of the rows may be gone again. */
  reset(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  #remember(key: Key, value: Value): Value {
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}
