import type { Config } from '../config/config.ts';
import { PointsmanError } from '../core/errors.ts';
import { type ReadConfig, readConfigFile } from '../runtime/config-file.ts';
import { LintFailure, sayLint } from './failure.ts';

/** The `-c` option of every command that reads the config. */
export const CONFIG_OPTION = ['-c, --config <file>', 'the config file', 'config.yaml'] as const;

/** The options such a command gets. */
export interface ConfigOption {
  readonly config: string;
}

/** Reads the config or ends the command with its findings; warnings are said. */
export function configOf(file: string, unresolved: 'error' | 'placeholder'): Config & { readonly shown: string } {
  const read = readConfigFile(file, unresolved);
  if (!read.ok) throw new LintFailure(findingsOf(read));
  for (const lint of read.lints) sayLint(lint, read.text);
  return { ...read.config, shown: read.shown };
}

/** The findings of a config with the text they stand in. */
export function findingsOf(read: ReadConfig): LintFailure['findings'] {
  return read.lints.map((lint) => ({ lint, text: read.text }));
}

/** Whether an error says that there is no config file. */
export function isMissingConfig(error: unknown): boolean {
  return error instanceof PointsmanError && error.code === 'CONFIG_MISSING';
}
