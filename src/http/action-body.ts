import type { RequestHandler } from 'express';
import { PointsmanError } from '../core/errors.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import { jsonBody } from './json-body.ts';

const BODY_LIMIT_BYTES = 16 * 1024;
const LONGEST_TEXT = 500;

/** Reads the JSON body of a request that may come without one. */
export function optionalBody(): RequestHandler {
  const read = jsonBody(BODY_LIMIT_BYTES);
  return (request, response, next) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (length === '0' && encoding === undefined) next();
    else read(request, response, next);
  };
}

/** The texts of such a body by name; null where one is left out. Throws `API_BAD_REQUEST` for anything else in it. */
export function textsIn<Name extends string>(
  body: Json | undefined,
  names: readonly Name[],
): Readonly<Record<Name, string | null>> {
  const given = body ?? {};
  if (!isJsonObject(given)) throw new PointsmanError('API_BAD_REQUEST', 'The body is not a JSON object');
  const unknown = Object.keys(given).find((key) => !names.some((name) => name === key));
  if (unknown !== undefined) {
    const message = `The body has a key ${unknown.slice(0, 100)}; it may have: ${names.join(', ')}`;
    throw new PointsmanError('API_BAD_REQUEST', message);
  }
  return Object.fromEntries(names.map((name) => [name, textOf(given[name], name)])) as Record<Name, string | null>;
}

function textOf(value: Json | undefined, name: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.length > 0 && value.length <= LONGEST_TEXT) return value;
  throw new PointsmanError('API_BAD_REQUEST', `${name} is not a text of 1 to ${LONGEST_TEXT} characters`);
}
