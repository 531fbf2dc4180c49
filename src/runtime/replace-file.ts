import { randomUUID } from 'node:crypto';
import { chmod, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PointsmanError } from '../core/errors.ts';

/** What is to stand in a file, and what stood in it when that was made up. */
export interface Replacement {
  readonly path: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/**
 * Replaces a file's content in one step, so that a reader sees the old or the new; the mode stays, a link stays a link.
 * Throws `MAPPING_UNWRITABLE` when the file is read-only, has changed since, or cannot be written; then it is as it was.
 */
export async function replaceFile({ path, before, after }: Replacement): Promise<void> {
  try {
    const target = await realpath(path);
    const { mode } = await stat(target);
    // Root may write anything: the mode is what the owner has said.
    if ((mode & 0o222) === 0) throw new Error('it is read-only');
    if (!(await readFile(target)).equals(before)) throw new Error('it has changed since it was read');
    await swap(target, after, mode);
  } catch (cause) {
    throw new PointsmanError('MAPPING_UNWRITABLE', `Cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** A name with a leading dot is no mapping file, should the process die in between. */
async function swap(target: string, content: Uint8Array, mode: number): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // The mode given to open is cut by the umask.
    await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
