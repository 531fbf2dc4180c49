import {
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A mappings folder that is edited in all the ways that editors, git and Kubernetes have. */
export interface EditedFolder {
  /** The path that the config names: a link to the set in use. */
  readonly dir: string;
  /** Writes a file in one of the ways, by chance. */
  write(file: string, text: string): Promise<void>;
  rename(from: string, to: string): void;
  remove(file: string): void;
  /** Copies everything into a new set, changes it there, and swaps the link. */
  swapAll(changes: ReadonlyMap<string, string>): void;
}

/** Makes an empty one. */
export function createEditedFolder(root: string, random: () => number): EditedFolder {
  const dir = join(root, 'mappings');
  const targets = join(root, 'targets');
  let set = 0;
  let target = 0;
  mkdirSync(join(root, 'set-0'));
  mkdirSync(targets);
  symlinkSync('set-0', dir);

  const ways: readonly ((path: string, text: string) => Promise<void> | void)[] = [
    (path, text) => writeFileSync(path, text),
    (path, text) => {
      writeFileSync(join(dir, '.new.yaml.tmp'), text);
      renameSync(join(dir, '.new.yaml.tmp'), path);
    },
    (path, text) => {
      rmSync(path, { force: true });
      writeFileSync(path, text);
    },
    async (path, text) => {
      if (existsSync(path)) truncateSync(path);
      await delay(random() * 30);
      writeFileSync(path, text);
    },
    async (path, text) => {
      rmSync(path, { force: true });
      await delay(random() * 300);
      writeFileSync(path, text);
    },
    (path, text) => {
      writeFileSync(join(targets, `${++target}.yaml`), text);
      symlinkSync(join(targets, `${target}.yaml`), join(dir, '.link.tmp'));
      renameSync(join(dir, '.link.tmp'), path);
    },
  ];

  return {
    dir,
    write: async (file, text) => {
      const path = join(dir, file);
      // What is written into a link's target would be shared with older sets.
      if (existsSync(path) && random() < 0.5) unlinkSync(path);
      await ways[Math.floor(random() * ways.length)]?.(path, text);
    },
    rename: (from, to) => renameSync(join(dir, from), join(dir, to)),
    remove: (file) => unlinkSync(join(dir, file)),
    swapAll(changes) {
      const next = join(root, `set-${++set}`);
      cpSync(`${dir}/`, next, { recursive: true, dereference: true });
      for (const [file, text] of changes) writeFileSync(join(next, file), text);
      symlinkSync(`set-${set}`, join(root, 'link.tmp'));
      renameSync(join(root, 'link.tmp'), dir);
      rmSync(join(root, `set-${set - 1}`), { recursive: true });
    },
  };
}
