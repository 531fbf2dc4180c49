import { createHash } from 'node:crypto';
import { PointsmanError } from '../core/errors.ts';
import type { Page, PageRequest } from '../ports/log.ts';

/** The most rows a page holds. */
const MOST_ROWS = 200;
const DEFAULT_ROWS = 50;

/** A query string as text values; repeated or nested ones are refused. */
export type Query = Readonly<Record<string, string>>;

/** A parsed query string as text values. Throws `API_BAD_FILTER` for one that is given twice. */
export function queryOf(parsed: Readonly<Record<string, unknown>>): Query {
  const odd = Object.entries(parsed).find(([, value]) => typeof value !== 'string');
  if (odd) throw new PointsmanError('API_BAD_FILTER', `${odd[0]} is given more than once`);
  return parsed as Query;
}

/** Takes `cursor` and `limit` off a query. Throws `API_BAD_FILTER` or `API_CURSOR_MISMATCH`. */
export function pageRequestOf(query: Query): { page: PageRequest; filters: Query } {
  const { cursor, limit, ...filters } = query;
  return { page: { before: cursor === undefined ? null : keyOf(cursor, filters), limit: limitOf(limit) }, filters };
}

/** A list as the API answers it. The cursor holds the sort key and a hash of the filters. */
export function listView<Row, View>(page: Page<Row>, view: (row: Row) => View, filters: Query) {
  const next = page.nextBefore === null ? null : cursorOf(page.nextBefore, filters);
  return { items: page.items.map(view), next };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_ROWS;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_ROWS) return limit;
  throw new PointsmanError('API_BAD_FILTER', `limit is ${text}; it takes a whole number from 1 to ${MOST_ROWS}`);
}

function cursorOf(key: number, filters: Query): string {
  return Buffer.from(`${key}.${hashOf(filters)}`).toString('base64url');
}

function keyOf(cursor: string, filters: Query): number {
  const [key, hash] = Buffer.from(cursor, 'base64url').toString().split('.');
  const before = Number(key);
  if (!Number.isSafeInteger(before) || before <= 0 || hash === undefined) {
    throw new PointsmanError('API_BAD_FILTER', 'cursor is not one that a list gave');
  }
  if (hash === hashOf(filters)) return before;
  throw new PointsmanError('API_CURSOR_MISMATCH', 'The cursor came from a list with other filters');
}

function hashOf(filters: Query): string {
  const sorted = Object.entries(filters).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12);
}
