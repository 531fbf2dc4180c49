import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** One place where two requests differ; a side that has nothing there is undefined. */
export interface FieldChange {
  /** Key path such as `properties.tier_name` or `properties.tags[1]`. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Every place where two values differ, in the order of their keys. Depth must be bounded. */
export function fieldChanges(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  return changesAt('', before, after);
}

function changesAt(path: string, before: Json | undefined, after: Json | undefined): readonly FieldChange[] {
  if (before === after) return [];
  if (!comparesInside(before, after)) return [{ path, before, after }];
  const [left, right] = [membersOf(path, before), membersOf(path, after)];
  const paths = new Set([...left.keys(), ...right.keys()]);
  // An empty branch beside nothing has no member that could tell the difference.
  if (paths.size === 0 && (before === undefined || after === undefined)) return [{ path, before, after }];
  return [...paths].flatMap((key) => changesAt(key, left.get(key), right.get(key)));
}

/** Two objects, two lists, or one of them beside nothing. */
function comparesInside(before: Json | undefined, after: Json | undefined): boolean {
  if (before === undefined) return isBranch(after);
  if (after === undefined) return isBranch(before);
  return isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after);
}

function isBranch(value: Json | undefined): value is JsonObject | readonly Json[] {
  return typeof value === 'object' && value !== null;
}

/** The members of an object or list by their paths. */
function membersOf(path: string, value: Json | undefined): ReadonlyMap<string, Json> {
  if (Array.isArray(value)) return new Map(value.map((item: Json, index) => [`${path}[${index}]`, item]));
  if (!isJsonObject(value)) return new Map();
  return new Map(Object.entries(value).map(([key, member]) => [path === '' ? key : `${path}.${key}`, member]));
}
