import { type ErrorCode, PointsmanError } from '../../core/errors.ts';

// These say that the database, not the item, is at fault: everybody in the group fails, one by one would too.
const UNWRITABLE = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN|PERM|AUTH)/;
const BROKEN = /^SQLITE_(BUSY|LOCKED|CORRUPT|NOTADB|NOMEM|PROTOCOL|INTERRUPT)/;

/** Whether the error is the database's own rather than one item's. */
export function isDatabaseFault(error: unknown): boolean {
  const code = sqliteCode(error);
  return UNWRITABLE.test(code) || BROKEN.test(code);
}

/** A failure under our catalogue: `STORE_UNWRITABLE` when the disk refuses, else `STORE_FAILED`; ours pass as is. */
export function storeError(error: unknown, path: string): PointsmanError {
  if (error instanceof PointsmanError) return error;
  const code: ErrorCode = UNWRITABLE.test(sqliteCode(error)) ? 'STORE_UNWRITABLE' : 'STORE_FAILED';
  const what = code === 'STORE_UNWRITABLE' ? 'Cannot write' : 'Cannot use';
  const why = error instanceof Error ? error.message : String(error);
  return new PointsmanError(code, `${what} the database ${path}: ${why}`, { cause: error });
}

/** A failed read under our catalogue: `STORE_FAILED`, since nothing was to be written; ours pass unchanged. */
export function readError(error: unknown, path: string): PointsmanError {
  if (error instanceof PointsmanError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new PointsmanError('STORE_FAILED', `Cannot read the database ${path}: ${why}`, { cause: error });
}

/** SQLite's extended result code, such as `SQLITE_IOERR_WRITE`; empty for any other error. */
function sqliteCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return error.code.startsWith('SQLITE_') ? error.code : '';
}
