import type { Store } from '../../../src/ports/store.ts';

/** A fresh store under test. */
interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens what it left behind; missing where nothing outlives the process. */
  readonly reopen?: () => Promise<Store>;
}

/** Opens a fresh, empty store. */
export type OpenStore = () => Promise<OpenedStore>;
