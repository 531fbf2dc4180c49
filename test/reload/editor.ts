import type { EditedFolder } from './folder.ts';
import { badText, goodText } from './mapping-texts.ts';

/** What an edit does. */
export type EditKind = 'good' | 'bad' | 'delete' | 'rename' | 'swap';

/** What must run of a mapping: its last good text, and the file it is in. */
interface Expected {
  readonly file: string;
  readonly number: number;
}

/** Edits mappings by chance and knows what must run. */
export interface Editor {
  /** By mapping id. */
  expected(): ReadonlyMap<string, Expected>;
  /** Whether this was ever a good text: nothing else may be sent. */
  wasGood(name: string, number: number): boolean;
  /** One edit of files that were not edited since the last `seen`; what it did. */
  edit(isDown: boolean): Promise<EditKind>;
  /** The server has seen everything so far. */
  seen(): void;
}

/** One file as the editor knows it. */
interface EditedFile {
  /** The id of its mapping. */
  readonly name: string;
  /** Null = it is not on disk. */
  file: string | null;
  isGoodOnDisk: boolean;
  /** The number of its last good text under this file name; null = none. */
  lastGood: number | null;
}

/** Which edits there are, as often as they are listed. */
const KINDS: readonly EditKind[] = ['good', 'good', 'good', 'good', 'bad', 'bad', 'bad', 'delete', 'rename', 'swap'];
const MOST_SWAPPED = 3;

/** The mapping that is never edited: every event must run through it. */
export const ANCHOR = 'anchor';

/** Starts with one good text a file, and the anchor. */
export async function startEditor(folder: EditedFolder, files: number, random: () => number): Promise<Editor> {
  const good = new Set<string>();
  const touched = new Set<EditedFile>();
  const all = [ANCHOR, ...Array.from({ length: files }, (_, index) => `m${index}`)].map((name) => {
    return { name, file: null, isGoodOnDisk: false, lastGood: null } as EditedFile;
  });
  let number = 0;

  /** A text for a file that will lie on disk as this one. */
  function textFor(one: EditedFile, isGood: boolean): string {
    number += 1;
    one.isGoodOnDisk = isGood;
    if (!isGood) return badText(one.name, number, ANCHOR, random);
    one.lastGood = number;
    good.add(`${one.name} ${number}`);
    return goodText(one.name, number);
  }

  async function write(one: EditedFile, isGood: boolean): Promise<void> {
    one.file ??= `${one.name}.yaml`;
    await folder.write(one.file, textFor(one, isGood));
  }

  function remove(one: EditedFile, file: string): void {
    folder.remove(file);
    Object.assign(one, { file: null, isGoodOnDisk: false, lastGood: null });
  }

  function rename(one: EditedFile, file: string): void {
    number += 1;
    one.file = `${one.name}-${number}.yaml`;
    folder.rename(file, one.file);
    // Under its new name a bad file was never good.
    if (!one.isGoodOnDisk) one.lastGood = null;
  }

  function swap(ones: readonly EditedFile[]): void {
    const changes = ones.flatMap((one) => {
      touched.add(one);
      return one.file === null ? [] : [[one.file, textFor(one, random() < 0.5)] as const];
    });
    folder.swapAll(new Map(changes));
  }

  for (const one of all) await write(one, true);
  return {
    expected: () =>
      new Map(
        all.flatMap(({ name, file, lastGood }) =>
          file === null || lastGood === null ? [] : [[name, { file, number: lastGood }] as const],
        ),
      ),
    wasGood: (name, candidate) => good.has(`${name} ${candidate}`),
    seen: () => touched.clear(),
    async edit(isDown) {
      const free = all.slice(1).filter((one) => !touched.has(one));
      const one = free[Math.floor(random() * free.length)];
      const kind = KINDS[Math.floor(random() * KINDS.length)] ?? 'good';
      if (!one || (isDown && kind === 'swap')) return kind;
      touched.add(one);
      if (kind === 'good' || kind === 'bad' || one.file === null) await write(one, kind !== 'bad');
      else if (kind === 'delete') remove(one, one.file);
      else if (kind === 'rename') rename(one, one.file);
      else swap([one, ...free.filter((other) => other !== one)].slice(0, MOST_SWAPPED));
      return kind;
    },
  };
}
