import { type FSWatcher, watch } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import type { Look } from './look.ts';

/** Tells early that files may have changed. Only hints: polling alone is correct. */
export interface FileHints {
  /**
   * Watches what this look read; folders that were swapped since are watched anew. Whether any watch is new: what
   * changed before it began was not seen.
   */
  watch(look: Look): Promise<boolean>;
  close(): void;
}

/** What is watched in a folder: these names, or all when null. */
type Targets = Map<string, Set<string> | null>;

interface Watched {
  readonly watcher: FSWatcher;
  names: ReadonlySet<string> | null;
}

/**
 * Watches with the system's file events. `ignored` tells names that change all the time, such as the database's in
 * the same folder. Where the system cannot watch, nothing is said: the poll sees it.
 */
export function createFileHints(onHint: () => void, ignored: (name: string) => boolean): FileHints {
  const watched = new Map<string, Watched>();
  const state = { closed: false };

  function drop(key: string): void {
    watched.get(key)?.watcher.close();
    watched.delete(key);
  }

  function arm(key: string, dir: string, names: ReadonlySet<string> | null): void {
    try {
      const watcher = watch(dir, { persistent: false }, (_kind, name) => {
        const wanted = watched.get(key)?.names ?? null;
        if (name === null || (wanted === null ? !ignored(name) : wanted.has(name))) onHint();
      });
      watcher.on('error', () => drop(key));
      watched.set(key, { watcher, names });
    } catch {
      // No watches left, or a file system without them.
    }
  }

  return {
    async watch(look) {
      const wanted = new Map<string, { readonly dir: string; readonly names: ReadonlySet<string> | null }>();
      for (const [dir, names] of await targetsOf(look)) {
        const key = await identityOf(dir);
        if (key !== null) wanted.set(key, { dir, names });
      }
      if (state.closed) return false;
      for (const key of [...watched.keys()].filter((key) => !wanted.has(key))) drop(key);
      const fresh = [...wanted].filter(([key]) => !watched.has(key));
      for (const [key, { names }] of wanted) {
        const known = watched.get(key);
        if (known) known.names = names;
      }
      for (const [key, { dir, names }] of fresh) arm(key, dir, names);
      return fresh.some(([key]) => watched.has(key));
    },
    close() {
      state.closed = true;
      for (const key of [...watched.keys()]) drop(key);
    },
  };
}

/** A folder's path and what stands there now: another folder under the same path is another identity. */
async function identityOf(dir: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(dir);
    return `${await realpath(dir)} ${dev} ${ino}`;
  } catch {
    return null;
  }
}

/** Folders with mappings are watched whole; of others only the names that matter. */
async function targetsOf({ walk, others }: Look): Promise<Targets> {
  const targets: Targets = new Map();
  for (const dir of [...walk.dirs, ...walk.targets]) targets.set(dir, null);
  for (const path of others.keys()) add(targets, dirname(path), basename(path));
  const visited = new Set<string>();
  for (const path of [...targets.keys(), ...others.keys()]) await addLinks(targets, resolve(path), visited);
  return targets;
}

function add(targets: Targets, dir: string, name: string): void {
  const names = targets.get(dir);
  if (names === undefined) targets.set(dir, new Set([name]));
  else names?.add(name);
}

/** Adds every link on the way to a path: a swap happens in the folder that holds the link. */
async function addLinks(targets: Targets, path: string, visited: Set<string>): Promise<void> {
  if (visited.has(path)) return;
  visited.add(path);
  const { root } = parse(path);
  let at = root;
  for (const part of path.slice(root.length).split(sep)) {
    const target = await readlink(join(at, part)).catch(() => null);
    if (target !== null) {
      add(targets, at, part);
      await addLinks(targets, resolve(at, target), visited);
    }
    at = join(at, part);
  }
}
