import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';

/** One condition of a query. */
export interface Filter {
  /** Colons lead into objects: `defaultAccount:activePoints`. */
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

/** The conditions of a query; names that begin with `_` are not among them. */
export function readFilters(query: URLSearchParams): readonly Filter[] {
  return [...query].flatMap(([key, value]) => {
    const [, field, operator = 'eq'] = /^([^_[][^[]*)(?:\[(eq|like|gt|gte|lt|lte)\])?$/.exec(key) ?? [];
    return field === undefined ? [] : [{ field, operator, value }];
  });
}

/** Whether an item fulfils a condition; a field it has not fulfils none. */
export function passes({ field, operator, value }: Filter, item: JsonObject): boolean {
  const found = field
    .split(':')
    .reduce<Json | undefined>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), item);
  if (found === undefined || found === null || typeof found === 'object') return false;
  const [left, right] = comparable(found, value);
  switch (operator) {
    case 'like':
      return String(found).toLowerCase().includes(value.toLowerCase());
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    default:
      return left === right;
  }
}

/** Numbers as numbers, times as moments, everything else as text. */
function comparable(found: string | number | boolean, value: string): readonly [string | number, string | number] {
  if (typeof found === 'number') return [found, Number(value)];
  if (typeof found === 'boolean') return [String(found), value === '1' ? 'true' : value === '0' ? 'false' : value];
  const [left, right] = [Date.parse(found), Date.parse(value)];
  const times = /^\d{4}-\d{2}-\d{2}/.test(found) && !Number.isNaN(left) && !Number.isNaN(right);
  return times ? [left, right] : [found, value];
}
