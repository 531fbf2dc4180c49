import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PointsmanError } from '../../core/errors.ts';

/** What a walk through the mappings folder found, as paths. */
export interface Walk {
  /** The mapping files, sorted by path. */
  readonly files: readonly string[];
  /** The folder and its subfolders. */
  readonly dirs: readonly string[];
  /** The folders that symlinks of the folder point into. */
  readonly targets: readonly string[];
}

/** A walk that does not end by itself has left the mappings, by a link to `/` perhaps. */
const MOST_DIRS = 1_000;
const MOST_FILES = 10_000;

/**
 * Finds the mapping files of a folder and its subfolders, symlinks followed, hidden names left out (`..data` of
 * Kubernetes, swap files of editors). A link back to a folder above is not followed. Throws `MAPPING_UNREADABLE`.
 */
export async function walkMappings(dir: string): Promise<Walk> {
  const found = { files: [] as string[], dirs: [] as string[], targets: new Set<string>() };
  const root = await realpath(dir).catch((cause) => {
    throw unreadable(dir, cause);
  });
  await walk(dir, [root], found);
  return { files: found.files.sort(), dirs: found.dirs, targets: [...found.targets] };
}

/** What a mapping file or folder that cannot be read is reported as. */
export function unreadable(path: string, cause: Error): PointsmanError {
  return new PointsmanError('MAPPING_UNREADABLE', `Cannot read ${path}: ${cause.message}`, { cause });
}

interface Found {
  readonly files: string[];
  readonly dirs: string[];
  readonly targets: Set<string>;
}

/** `above` holds the real paths from the root down to this folder. */
async function walk(dir: string, above: readonly string[], found: Found): Promise<void> {
  found.dirs.push(dir);
  if (found.dirs.length > MOST_DIRS || found.files.length > MOST_FILES)
    throw unreadable(dir, new Error(`there are more than ${MOST_DIRS} folders or ${MOST_FILES} files`));
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    // A subfolder may go while its parent is being walked: its files are missed, and missed for how long is seen later.
    if (cause.code === 'ENOENT' && above.length > 1) return [];
    throw unreadable(dir, cause);
  });
  for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
    const path = join(dir, entry.name);
    const kind = entry.isSymbolicLink() ? await followed(path, found) : kindOf(entry);
    if (kind === 'file' && /\.ya?ml$/.test(entry.name)) found.files.push(path);
    if (kind !== 'dir') continue;
    const real = await realpath(path).catch(() => null);
    if (real !== null && !above.includes(real)) await walk(path, [...above, real], found);
  }
}

type Kind = 'file' | 'dir' | 'other';

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Kind {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'dir' : 'other';
}

/** A link to nothing is in the middle of a swap, or of no use; one that cannot be followed is a file that says why. */
async function followed(path: string, found: Found): Promise<Kind> {
  const target = await readlink(path).catch(() => null);
  if (target === null) return 'other';
  found.targets.add(dirname(resolve(dirname(path), target)));
  return stat(path).then(kindOf, (cause: NodeJS.ErrnoException) => (cause.code === 'ENOENT' ? 'other' : 'file'));
}
