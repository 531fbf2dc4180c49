import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Endpoint, FrozenRequest } from '../../ports/destination.ts';
import { checkIds, checkSizes } from './checks.ts';
import { complete } from './complete.ts';
import { problemOf } from './problems.ts';
import { keepsRepeatedEvent } from './repeats.ts';
import { type RequestSchema, requestSchema } from './schema.ts';
import { REQUEST_SHAPES, type RequestShape } from './shapes.ts';

/** What Bloomreach offers to mappings, by endpoint name: `event` and `customer`. Pure, so it serves offline tools too. */
export const bloomreachEndpoints: ReadonlyMap<string, Endpoint> = new Map(
  REQUEST_SHAPES.map((shape) => [shape.name, endpointOf(shape)]),
);

function endpointOf(shape: RequestShape): Endpoint {
  // Read and compiled at the first use: importing this file touches no disk.
  let loaded: RequestSchema | null = null;
  const schema = (): RequestSchema => {
    loaded ??= requestSchema(shape.name);
    return loaded;
  };
  return {
    name: shape.name,
    get schema() {
      return schema().json;
    },
    ...(shape.name === 'event' && { distinctBy: 'properties' }),
    keepsRepeat: shape.name === 'event' ? keepsRepeatedEvent : () => null,
    freeze: (request, clockMs) => freeze(complete(request, shape, clockMs), shape, schema()),
  };
}

/** Checks a completed request and serialises it, or tells everything that is wrong with it. */
function freeze(request: JsonObject, shape: RequestShape, schema: RequestSchema): FrozenRequest {
  const text = serialise(request, shape.keyOrder);
  const errors = schema.errors(request);
  const ids = checkIds(objectAt(request, 'customer_ids'));
  const sizes = checkSizes(objectAt(request, 'properties'), text);
  if (text !== null && errors.length + ids.length + sizes.length === 0) return { ok: true, text };
  return { ok: false, problems: [...errors.flatMap((error) => problemOf(error) ?? []), ...ids, ...sizes] };
}

/** Null when the request is nested deeper than can be serialised. */
function serialise(request: JsonObject, keyOrder: readonly string[]): string | null {
  const known: Record<string, Json> = {};
  for (const key of keyOrder) {
    const value = request[key];
    if (value !== undefined) known[key] = value;
  }
  try {
    return JSON.stringify(known);
  } catch {
    return null;
  }
}

function objectAt(request: JsonObject, key: string): JsonObject {
  const value = request[key];
  return isJsonObject(value) ? value : {};
}
