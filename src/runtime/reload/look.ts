import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { ErrorCode } from '../../core/errors.ts';
import { MAX_FILE_BYTES } from '../../mapping/source-text.ts';
import { inTurns } from './in-turns.ts';
import { type Walk, walkMappings } from './walk.ts';

/** A file as one look saw it. */
export type SeenFile =
  | { readonly ok: true; readonly hash: string; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly hash: string; readonly code: ErrorCode; readonly message: string };

/** Everything that a load depends on, as it was at one moment. */
export interface Look {
  /** By name relative to the mappings folder, in the order of the names. */
  readonly files: ReadonlyMap<string, SeenFile>;
  /** Content hashes by path: the config, the secrets it reads, samples of tests. */
  readonly others: ReadonlyMap<string, string>;
  readonly walk: Walk;
}

/** What `others` says of a file that is not there. */
export const ABSENT = 'absent';

/** Reads all of it. A file that cannot be read is seen as such; throws `MAPPING_UNREADABLE` when the folder cannot. */
export async function lookAt(dir: string, others: Iterable<string>): Promise<Look> {
  const walk = await walkMappings(dir);
  const seen = await inTurns(walk.files, async (path) => [relative(dir, path), await seenFile(path)] as const);
  const rest = await inTurns([...others], async (path) => [path, await hashOfFile(path)] as const);
  // One that went between the walk and its turn was not seen.
  const files = seen.filter((entry): entry is [string, SeenFile] => entry[1] !== null);
  return { files: new Map(files), others: new Map(rest), walk };
}

/** Whether two looks saw the same content. */
export function isSameLook(left: Omit<Look, 'walk'>, right: Omit<Look, 'walk'>): boolean {
  const hash = (file: SeenFile) => file.hash;
  return isSameMap(left.files, right.files, hash) && isSameMap(left.others, right.others, (text) => text);
}

/** The content hash of any file, by which a change is told; never rejects. */
export async function hashOfFile(path: string): Promise<string> {
  const file = await seenFile(path);
  return file === null ? ABSENT : file.hash;
}

/** Null when there is none. Pipes and devices are not opened: they might never end. */
async function seenFile(path: string): Promise<SeenFile | null> {
  try {
    const { size } = await regular(path);
    if (size > MAX_FILE_BYTES) {
      const message = `The file is ${size} bytes; a mapping file is at most ${MAX_FILE_BYTES}`;
      return { ok: false, hash: `large ${size}`, code: 'MAPPING_TOO_LARGE', message };
    }
    const bytes = await readFile(path);
    return { ok: true, hash: createHash('sha256').update(bytes).digest('hex'), bytes };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    return { ok: false, hash: `unreadable ${code}`, code: 'MAPPING_UNREADABLE', message: `Cannot be read: ${message}` };
  }
}

async function regular(path: string): Promise<{ readonly size: number }> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error('it is no regular file');
  return stats;
}

function isSameMap<Value>(
  left: ReadonlyMap<string, Value>,
  right: ReadonlyMap<string, Value>,
  hash: (value: Value) => string,
): boolean {
  if (left.size !== right.size) return false;
  return [...left].every(([key, value]) => {
    const other = right.get(key);
    return other !== undefined && hash(other) === hash(value);
  });
}
