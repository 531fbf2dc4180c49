import { resolve } from 'node:path';
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import { PointsmanError } from '../core/errors.ts';
import type { Lint } from '../core/lint.ts';
import type { CompiledFile, MappingSourceFile } from '../mapping/compile.ts';
import { broughtBy, fixText } from '../mapping/fix-text.ts';
import { replaceFile } from '../runtime/replace-file.ts';
import type { Workbench } from '../runtime/workbench.ts';
import { harmless, styled } from './terminal.ts';
import { shownPath } from './workbench-option.ts';

/** What became of one file that had safe remedies. */
export interface FileFix {
  /** As seen from here. */
  readonly file: string;
  readonly repaired: readonly Lint[];
  /** Unified, with LF line ends and no BOM. */
  readonly diff: string;
  readonly written: boolean;
  /** Why it was left as it is, though it has remedies; null when it was not. */
  readonly refused: string | null;
}

/** Files with their remedies applied, and what is found in them then. */
export interface FixedFiles {
  readonly fixes: readonly FileFix[];
  readonly checked: readonly CompiledFile[];
}

interface Rewrite {
  readonly before: MappingSourceFile;
  readonly after: MappingSourceFile;
  readonly repaired: readonly Lint[];
}

/**
 * Applies the safe remedies of these files and, unless `dryRun`, writes them. A file whose rewrite brings a new finding,
 * a failing test included, or that cannot be written, stays as it is, and says why.
 */
export async function fixFiles(
  bench: Workbench,
  files: readonly MappingSourceFile[],
  dryRun: boolean,
): Promise<FixedFiles> {
  const old = await bench.check(files);
  const fixable = new Set(
    old.filter(({ lints }) => lints.some(({ fix }) => fix !== undefined)).map(({ file }) => file),
  );
  const rewrites = files.filter(({ file }) => fixable.has(file)).flatMap((file) => rewriteOf(file, bench) ?? []);
  if (rewrites.length === 0) return { fixes: [], checked: old };
  const tried = await bench.check(withRewrites(files, rewrites));
  const judged = rewrites.map((rewrite) => ({ rewrite, refused: refusalOf(rewrite, old, tried) }));
  const good = judged.flatMap(({ rewrite, refused }) => (refused === null ? rewrite : []));
  const checked = good.length === rewrites.length ? tried : await bench.check(withRewrites(files, good));
  const fixes: FileFix[] = [];
  for (const { rewrite, refused } of judged) {
    const unwritable = refused === null && !dryRun ? await write(rewrite, bench.dir) : null;
    const why = refused ?? unwritable;
    fixes.push(described(rewrite, why, why === null && !dryRun, bench.dir));
  }
  return { fixes, checked };
}

/** A diff as a terminal shows it. */
export function colouredDiff(diff: string): string {
  return diff.trimEnd().split('\n').map(colouredLine).join('\n');
}

function rewriteOf(before: MappingSourceFile, bench: Workbench): Rewrite | null {
  const original = textOf(before.bytes);
  if (original === null) return null;
  const { text, repaired } = fixText(original, (tried) => {
    return bench.compile([{ ...before, bytes: bytesOf(tried) }]).flatMap(({ lints }) => lints);
  });
  return text === original ? null : { before, after: { ...before, bytes: bytesOf(text) }, repaired };
}

function withRewrites(files: readonly MappingSourceFile[], rewrites: readonly Rewrite[]): readonly MappingSourceFile[] {
  return files.map((file) => rewrites.find(({ before }) => before === file)?.after ?? file);
}

function refusalOf({ before }: Rewrite, old: readonly CompiledFile[], tried: readonly CompiledFile[]): string | null {
  const [was, is] = [old, tried].map((checked) => checked.find(({ file }) => file === before.file)?.lints ?? []);
  const [brought] = broughtBy(was ?? [], is ?? []);
  return brought ? `the rewrite would bring line ${brought.line}: ${brought.code} ${brought.message}` : null;
}

/** Why it cannot be written; null once it is. */
async function write({ before, after }: Rewrite, dir: string): Promise<string | null> {
  try {
    await replaceFile({ path: resolve(dir, before.file), before: before.bytes, after: after.bytes });
    return null;
  } catch (error) {
    if (!(error instanceof PointsmanError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

function described(
  { before, after, repaired }: Rewrite,
  refused: string | null,
  written: boolean,
  dir: string,
): FileFix {
  const file = shownPath(before.file, dir);
  const [old, fresh] = [before, after].map(({ bytes }) =>
    (textOf(bytes) ?? '').replace('\uFEFF', '').replaceAll('\r\n', '\n'),
  );
  const patch = structuredPatch(file, file, old ?? '', fresh ?? '', undefined, undefined, { context: 3 });
  const shown = repaired.map(({ fix: _, ...lint }) => ({ ...lint, file }));
  return { file, repaired: shown, diff: formatPatch(patch, FILE_HEADERS_ONLY), written, refused };
}

function colouredLine(line: string): string {
  const text = harmless(line);
  if (/^(---|\+\+\+) /.test(text)) return styled('bold', text);
  if (text.startsWith('@@')) return styled('cyan', text);
  if (text.startsWith('+')) return styled('green', text);
  return text.startsWith('-') ? styled('red', text) : text;
}

/** With its BOM; null when it is not UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
