import type { Database } from 'better-sqlite3';

/** Event names that no mapping took, noted in memory until they are written, before the commit. */
export interface Unmatched {
  /** Notes an event that came at `atMs`; names by number. */
  note(source: number, name: number, atMs: number): void;
  /** Writes what was noted. */
  flush(): void;
  /** Drops what was noted and not written. */
  reset(): void;
}

interface Noted {
  readonly source: number;
  readonly name: number;
  n: number;
  firstMs: number;
  lastMs: number;
}

/** Opens the unmatched names of this database. */
export function openUnmatched(db: Database): Unmatched {
  const add = db.prepare<[number, number, number, number, number]>(
    `INSERT INTO unmatched (source, name, n, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET n = n + excluded.n, first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),
       last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)`,
  );
  let noted: Noted[] = [];
  return {
    note(source, name, atMs) {
      const known = noted.find((one) => one.source === source && one.name === name);
      if (!known) {
        noted.push({ source, name, n: 1, firstMs: atMs, lastMs: atMs });
        return;
      }
      known.n += 1;
      known.firstMs = Math.min(known.firstMs, atMs);
      known.lastMs = Math.max(known.lastMs, atMs);
    },
    flush() {
      if (noted.length === 0) return;
      for (const { source, name, n, firstMs, lastMs } of noted) add.run(source, name, n, firstMs, lastMs);
      noted = [];
    },
    reset() {
      noted = [];
    },
  };
}
