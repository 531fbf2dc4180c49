import type { ImportedFact } from '../core/event.ts';

/** One page of a tenant's members, as facts. */
export interface SeedPage {
  readonly facts: readonly ImportedFact[];
  /** Members on the page, those without a fact included. */
  readonly members: number;
  /** Where the next page begins, to be handed back as it is; null after the last page. */
  readonly next: string | null;
}

/**
 * Reads from a loyalty engine's own API what its events would teach about every member. Methods reject with
 * `SOURCE_API_UNAUTHORIZED` at once, with `SOURCE_API_FAILED` after trying for a while, and with the signal's reason.
 */
export interface Seeder {
  /** The codes of all tenants. */
  tenants(): Promise<readonly string[]>;
  /** About how many members a tenant has; null when the engine does not say. */
  total(storeCode: string): Promise<number | null>;
  /** The page that begins at `from`, null = the first; null when the engine does not know `from` any more. */
  page(storeCode: string, from: string | null): Promise<SeedPage | null>;
  close(): Promise<void>;
}
