import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PointsmanError } from '../core/errors.ts';
import type { MappingSourceFile } from '../mapping/compile.ts';

/** The mapping files of a folder and its subfolders, sorted by name. Throws `MAPPING_UNREADABLE` with the path. */
export async function readMappingFiles(dir: string): Promise<readonly MappingSourceFile[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw unreadable(dir, cause);
  });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(paths.map((path) => readMappingFile(path, dir)));
}

/** One mapping file, named relative to `dir`. Throws `MAPPING_UNREADABLE` with the path. */
export async function readMappingFile(path: string, dir: string): Promise<MappingSourceFile> {
  const bytes = await readFile(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  return { file: relative(dir, path), bytes };
}

function unreadable(path: string, cause: Error): PointsmanError {
  return new PointsmanError('MAPPING_UNREADABLE', `Cannot read ${path}: ${cause.message}`, { cause });
}
