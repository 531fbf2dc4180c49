import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { PointsmanError } from '../core/errors.ts';
import { hasErrors } from '../core/lint.ts';
import { suggest } from '../core/suggest.ts';
import type { CompiledFile } from '../mapping/compile.ts';
import type { Log } from '../ports/log.ts';
import { openLog } from '../runtime/open-log.ts';
import { defaultConfig, openWorkbench, type Workbench } from '../runtime/workbench.ts';
import { configOf, isMissingConfig } from './config-option.ts';
import { LintFailure } from './failure.ts';
import { say, styled } from './terminal.ts';

/** Runs with a workbench on the config, or on the built-in one where there is none, and closes it. */
export async function withWorkbench<Result>(file: string, use: (bench: Workbench) => Promise<Result>): Promise<Result> {
  const bench = openWorkbench(configOrDefault(file));
  try {
    return await use(bench);
  } finally {
    await bench.close();
  }
}

/** Runs with the log of the workbench's store, opened to read, and closes it. Throws `STORE_MISSING`. */
export async function withStore<Result>(
  { storePath }: Pick<Workbench, 'storePath'>,
  use: (log: Log) => Promise<Result>,
): Promise<Result> {
  const log = openLog(storePath);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

/** The findings of checked files, named so that an editor can jump to them from here. */
export function findingsOf(files: readonly CompiledFile[], dir: string): LintFailure['findings'] {
  return files.flatMap(({ file, text, lints }) => {
    return lints.map((lint) => ({ lint: { ...lint, file: shownPath(file, dir) }, text }));
  });
}

/** A mapping file as an editor finds it from here. */
export function shownPath(file: string, dir: string): string {
  return relative(process.cwd(), resolve(dir, file)) || file;
}

/**
 * These files, or all of the folder, compiled; their tests are not run. Throws a `LintFailure` when any has an error.
 */
export async function compiledFiles(bench: Workbench, paths: readonly string[]): Promise<readonly CompiledFile[]> {
  const compiled = bench.compile(await bench.read(paths));
  if (compiled.some(({ lints }) => hasErrors(lints))) throw new LintFailure(findingsOf(compiled, bench.dir));
  return compiled;
}

/** The mapping file that a word names: a path, or a name in the mappings folder. Throws `CLI_USAGE` when it is neither. */
export function mappingPath(word: string, dir: string): string {
  if (isFile(word)) return word;
  const inFolder = join(dir, /\.ya?ml$/.test(word) ? word : `${word}.yaml`);
  if (existsSync(inFolder) || !existsSync(dir)) return inFolder;
  const names = readdirSync(dir).flatMap((name) => /^(.+)\.ya?ml$/.exec(name)?.[1] ?? []);
  const close = suggest(basename(inFolder, '.yaml'), names);
  const shown = shownPath(inFolder, dir);
  throw new PointsmanError('CLI_USAGE', `There is no ${shown}${close === null ? '' : `; did you mean ${close}?`}`);
}

function configOrDefault(file: string): Config {
  try {
    return configOf(file, 'placeholder');
  } catch (error) {
    if (!isMissingConfig(error)) throw error;
    say(styled('dim', `no ${file}: checking against open-loyalty and bloomreach`, process.stderr));
    return defaultConfig(process.cwd());
  }
}

function isFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
