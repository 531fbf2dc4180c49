import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../core/json.ts';

/** An endpoint's JSON Schema, compiled. */
export interface RequestSchema {
  readonly json: JsonObject;
  /** Everything that is wrong with a request; empty when it fits. */
  errors(request: JsonObject): readonly ErrorObject[];
}

/**
 * Reads and compiles `schemas/bloomreach/<name>.schema.json`. The path is the same from `src/` in a checkout and from
 * `dist/` in the published package.
 */
export function requestSchema(name: string): RequestSchema {
  const file = new URL(`../../../schemas/bloomreach/${name}.schema.json`, import.meta.url);
  const json = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
  const validate = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(json);
  return {
    json,
    errors: (request) => (validate(request) ? [] : (validate.errors ?? [])),
  };
}
