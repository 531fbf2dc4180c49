import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { PointsmanError } from '../core/errors.ts';
import { type IdKind, rowKey } from '../core/id.ts';
import type { Query } from '../http/paging.ts';
import type { Log } from '../ports/log.ts';
import { openLog } from '../runtime/open-log.ts';
import { configOf } from './config-option.ts';

/** Options of a command as commander gives them. */
export type Options = Readonly<Record<string, string | undefined>>;

/** Runs with the log that the config's store keeps, whether or not a server runs, and closes it. */
export async function withLog<Result>(
  configFile: string,
  use: (log: Log, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = configOf(configFile, 'placeholder');
  const log = openLog(config.store.path);
  try {
    return await use(log, config);
  } finally {
    await log.close();
  }
}

/** Adds an option for each filter, and those of paging. */
export function addFilters(command: Command, filters: Readonly<Record<string, string>>): Command {
  for (const [name, description] of Object.entries(filters)) command.option(`--${name} <${name}>`, description);
  return command;
}

/** The options that are filters, as a query of the API. */
export function queryOf(options: Options, names: readonly string[]): Query {
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

/** The row that a public id names. Throws `API_NOT_FOUND` when there is none. */
export async function rowOf<Row>(kind: IdKind, id: string, read: (key: number) => Promise<Row | null>): Promise<Row> {
  const key = rowKey(kind, id);
  const row = key === null ? null : await read(key);
  if (row === null) throw new PointsmanError('API_NOT_FOUND', `There is no ${id}`);
  return row;
}
