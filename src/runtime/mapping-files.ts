import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { MappingSourceFile } from '../mapping/compile.ts';
import { inTurns } from './reload/in-turns.ts';
import { unreadable, walkMappings } from './reload/walk.ts';

/** The mapping files of a folder and its subfolders, sorted by name. Throws `MAPPING_UNREADABLE` with the path. */
export async function readMappingFiles(dir: string): Promise<readonly MappingSourceFile[]> {
  const { files } = await walkMappings(dir);
  return inTurns(files, (path) => readMappingFile(path, dir));
}

/** One mapping file, named relative to `dir`. Throws `MAPPING_UNREADABLE` with the path. */
export async function readMappingFile(path: string, dir: string): Promise<MappingSourceFile> {
  const bytes = await readFile(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  return { file: relative(dir, path), bytes };
}
