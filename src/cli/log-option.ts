import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { PointsmanError } from '../core/errors.ts';
import { type IdKind, rowKey } from '../core/id.ts';
import { GOING_ON, type Surroundings } from '../http/log-view.ts';
import type { Query } from '../http/paging.ts';
import type { Log, Page, PageRequest } from '../ports/log.ts';
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

/** What the views of deliveries know besides the rows, as of now. */
export async function surroundings(log: Pick<Log, 'pauses'>, { destinations }: Config): Promise<Surroundings> {
  return { destinations, pauses: await log.pauses(GOING_ON) };
}

/** Reads on where a page ends before it is full: a store looks at only so many rows at a time. */
export async function fullPage<Row>(
  read: (page: PageRequest) => Promise<Page<Row>>,
  { before, limit }: PageRequest,
): Promise<Page<Row>> {
  let page = await read({ before, limit });
  const items = [...page.items];
  while (page.nextBefore !== null && items.length < limit) {
    page = await read({ before: page.nextBefore, limit: limit - items.length });
    items.push(...page.items);
  }
  return { items, nextBefore: page.nextBefore };
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
