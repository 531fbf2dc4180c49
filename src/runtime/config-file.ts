import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { PointsmanError } from '../core/errors.ts';
import { environment } from './system.ts';

/** A config file read and checked, with its text for showing findings. */
export type ReadConfig = LoadedConfig & {
  readonly text: string;
  /** The files that its `${file:…}` references name, by path. */
  readonly secretFiles: readonly string[];
};

/**
 * Reads `config.yaml`. With `placeholder`, references that are not set do not count: offline commands need no secrets.
 * Throws `CONFIG_MISSING` or `CONFIG_UNREADABLE`.
 */
export function readConfigFile(file: string, unresolved: 'error' | 'placeholder'): ReadConfig {
  const text = readText(file);
  const secretFiles: string[] = [];
  const loaded = loadConfig({
    file: relative(process.cwd(), resolve(file)) || file,
    text,
    baseDir: dirname(resolve(file)),
    env: environment,
    readSecretFile: (path) => {
      secretFiles.push(path);
      return readFileSync(path, 'utf8');
    },
    unresolved,
  });
  return { ...loaded, text, secretFiles };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new PointsmanError('CONFIG_MISSING', `There is no ${file} here`, { cause });
    throw new PointsmanError('CONFIG_UNREADABLE', `Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
