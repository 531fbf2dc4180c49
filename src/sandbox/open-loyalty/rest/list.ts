import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { type Answer, invalid, jsonAnswer } from './answer.ts';
import { type Filter, passes, readFilters } from './filter.ts';

/** A list to answer with. */
export interface Listing<Item> {
  /** Oldest first. */
  readonly items: readonly Item[];
  /** An item as the answer shows it. */
  readonly view: (item: Item) => JsonObject;
  /** What filters see of an item; by default its view. */
  readonly searchable?: (item: Item) => JsonObject;
}

/** Items on a page: by default, and at most. Source: the list parameters of the OpenAPI. */
const DEFAULT_SIZE = 10;
const LARGEST_SIZE = 50;
const LAST_PAGE = 500;

/**
 * Answers with one page: by number (`_page`, `_itemsOnPage`, `_orderBy[field]`), or by `_scroll`, whose `next` is the
 * value for the following call and null at the end. Filters are `field=v` or `field[eq|like|gt|gte|lt|lte]=v`.
 */
export function listAnswer<Item>(query: URLSearchParams, listing: Listing<Item>): Answer {
  const size = wholeNumber(query, '_itemsOnPage', DEFAULT_SIZE, LARGEST_SIZE);
  if (size === null) return invalid('_itemsOnPage', `This value should be between 1 and ${LARGEST_SIZE}.`);
  const page = wholeNumber(query, '_page', 1, LAST_PAGE);
  if (page === null) return invalid('_page', `This value should be between 1 and ${LAST_PAGE}.`);
  const found = chosen(query, listing);
  const scroll = query.get('_scroll');
  if (scroll !== null) return scrollAnswer(found, listing.view, { scroll, size });
  const items = found.slice((page - 1) * size, page * size).map(listing.view);
  return jsonAnswer(200, { items, total: { all: listing.items.length, filtered: found.length, estimated: false } });
}

function chosen<Item>(query: URLSearchParams, { items, view, searchable = view }: Listing<Item>): readonly Item[] {
  const filters = readFilters(query);
  const order = readOrder(query);
  if (filters.length === 0 && order === null) return items;
  const seen = items.map((item) => ({ item, fields: searchable(item) }));
  const found = seen.filter(({ fields }) => filters.every((filter: Filter) => passes(filter, fields)));
  if (order === null) return found.map(({ item }) => item);
  const sorted = found.sort(
    (one, other) => order.direction * compare(one.fields[order.field], other.fields[order.field]),
  );
  return sorted.map(({ item }) => item);
}

/** The position is all a cursor holds; a strange one begins anew. */
function scrollAnswer<Item>(
  items: readonly Item[],
  view: (item: Item) => JsonObject,
  { scroll, size }: { readonly scroll: string; readonly size: number },
): Answer {
  const position = Number(/^at:(\d+)$/.exec(Buffer.from(scroll, 'base64url').toString())?.[1] ?? 0);
  const end = position + size;
  const next = end < items.length ? Buffer.from(`at:${end}`).toString('base64url') : null;
  return jsonAnswer(200, { items: items.slice(position, end).map(view), scroll: { next } });
}

function readOrder(query: URLSearchParams): { readonly field: string; readonly direction: 1 | -1 } | null {
  for (const [key, value] of query) {
    const field = /^_orderBy\[(.+)\]$/.exec(key)?.[1];
    if (field !== undefined) return { field, direction: value.toLowerCase() === 'desc' ? -1 : 1 };
  }
  return null;
}

function compare(one: Json | undefined, other: Json | undefined): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [left, right] = [one, other].map((value) => (isJsonObject(value) ? '' : String(value ?? '')));
  return (left ?? '') < (right ?? '') ? -1 : Number(left !== right);
}

/** Null when it is out of bounds. */
function wholeNumber(query: URLSearchParams, name: string, fallback: number, max: number): number | null {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= max ? value : null;
}
