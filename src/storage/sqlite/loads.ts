import type { Database } from 'better-sqlite3';
import type { MappingFile, Receipt } from '../../ports/store.ts';

/** Prepares the record of a load: its files replace the last good ones. Only inside a transaction. */
export function loads(db: Database): (files: readonly MappingFile[], receipt: Receipt) => void {
  const clear = db.prepare('DELETE FROM mapping_file');
  const keep = db.prepare<[string, string]>('INSERT INTO mapping_file (file, text) VALUES (?, ?)');
  const note = db.prepare<[number, string, number, string]>(
    'INSERT INTO receipt (at_ms, outcome, duration_ms, detail) VALUES (?, ?, ?, ?)',
  );
  return (files, { atMs, outcome, durationMs, detail }) => {
    clear.run();
    for (const { file, text } of files) keep.run(file, text);
    note.run(atMs, outcome, durationMs, detail);
  };
}

/** Prepares the reading of the last good files. */
export function lastGoodFiles(db: Database): () => readonly MappingFile[] {
  const all = db.prepare<[], MappingFile>('SELECT file, text FROM mapping_file ORDER BY file');
  return () => all.all();
}
