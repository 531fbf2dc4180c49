import { type ErrorCode, PointsmanError } from '../../core/errors.ts';

// These say that the database, not the item, is at fault: everybody in the group fails, one by one would too.
const UNWRITABLE = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN|PERM|AUTH)/;
const BROKEN = /^SQLITE_(BUSY|LOCKED|NOMEM|PROTOCOL|INTERRUPT)/;
const CORRUPT = /^SQLITE_(CORRUPT|NOTADB)/;

/** Whether the error is the database's own rather than one item's. */
export function isDatabaseFault(error: unknown): boolean {
  const code = sqliteCode(error);
  return UNWRITABLE.test(code) || BROKEN.test(code) || CORRUPT.test(code);
}

/**
 * A failure under our catalogue: `STORE_UNWRITABLE` when the disk refuses, `STORE_CORRUPT` when the file is damaged, else
 * `STORE_FAILED`; ours pass as is.
 */
export function storeError(error: unknown, path: string): PointsmanError {
  if (error instanceof PointsmanError) return error;
  const code = codeOf(error);
  const what = code === 'STORE_UNWRITABLE' ? 'Cannot write' : 'Cannot use';
  const why = error instanceof Error ? error.message : String(error);
  return new PointsmanError(code, `${what} the database ${path}: ${why}`, { cause: error });
}

/** A failed read under our catalogue: as above, but never `STORE_UNWRITABLE`, since nothing was to be written. */
export function readError(error: unknown, path: string): PointsmanError {
  if (error instanceof PointsmanError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const code = codeOf(error) === 'STORE_CORRUPT' ? 'STORE_CORRUPT' : 'STORE_FAILED';
  return new PointsmanError(code, `Cannot read the database ${path}: ${why}`, { cause: error });
}

function codeOf(error: unknown): ErrorCode {
  const code = sqliteCode(error);
  if (CORRUPT.test(code)) return 'STORE_CORRUPT';
  return UNWRITABLE.test(code) ? 'STORE_UNWRITABLE' : 'STORE_FAILED';
}

/** SQLite's extended result code, such as `SQLITE_IOERR_WRITE`; empty for any other error. */
function sqliteCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return error.code.startsWith('SQLITE_') ? error.code : '';
}
