import type { JsonObject } from '../../core/json.ts';
import { MAX_REQUEST_BYTES } from '../../core/mapping.ts';
import type { Endpoint, FrozenRequest, RequestProblem } from '../../ports/destination.ts';
import { checkRequest } from './check-request.ts';
import { bodyText, frozenText } from './frozen-request.ts';
import type { HttpEndpoint, HttpEndpoints } from './http-endpoint.ts';
import { requestSchemaOf } from './request-schema.ts';
import { encodePairs, fillPath, type UrlTemplate, urlTemplateOf } from './url-template.ts';

/** Servers commonly refuse longer addresses. Source: RFC 9110, 4.1, asks for 8,000 at least. */
const LONGEST_ADDRESS = 8000;

const TOO_DEEP: FrozenRequest = {
  ok: false,
  problems: [{ path: '', message: 'The request is nested too deeply' }],
};

/** What the declared calls of a destination offer to mappings, by name. Pure, so it serves offline tools too. */
export function httpEndpoints(destination: string, declared: HttpEndpoints): ReadonlyMap<string, Endpoint> {
  return new Map([...declared].map(([name, endpoint]) => [name, endpointOf(`${destination}.${name}`, name, endpoint)]));
}

function endpointOf(address: string, name: string, endpoint: HttpEndpoint): Endpoint {
  const template = urlTemplateOf(endpoint.url);
  return {
    name,
    schema: requestSchemaOf(address, endpoint.description, template),
    freeze(request) {
      try {
        return freeze(request, endpoint, template);
      } catch (error) {
        if (error instanceof RangeError) return TOO_DEEP;
        throw error;
      }
    },
  };
}

/** Throws `RangeError` when the request is nested deeper than can be written. */
function freeze(request: JsonObject, endpoint: HttpEndpoint, template: UrlTemplate): FrozenRequest {
  const { path: values, query, headers, problems } = checkRequest(request, template);
  if (problems.length > 0) return { ok: false, problems };
  const path = fillPath(template, values);
  if (path === null) return refused('path', 'makes a part of the address . or .., which leads elsewhere');
  const wholeQuery = [template.query, encodePairs(query)].filter((part) => part !== '').join('&');
  const { body } = request;
  const contentType = headers['content-type'] ?? declaredType(endpoint) ?? 'application/json';
  if (body !== undefined && bodyText(body, contentType) === null) {
    return refused('body', `is no text, and cannot be written as ${contentType}`);
  }
  const ownHeaders = body === undefined ? headers : { ...headers, 'content-type': contentType };
  const text = frozenText({
    method: endpoint.method,
    path,
    query: wholeQuery,
    headers: ownHeaders,
    ...(body !== undefined && { body }),
  });
  const problem = faultOfSize(text, path.length + wholeQuery.length);
  return problem === null ? { ok: true, text } : { ok: false, problems: [problem] };
}

function declaredType({ headers }: HttpEndpoint): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
}

function faultOfSize(text: string, addressLength: number): RequestProblem | null {
  if (addressLength > LONGEST_ADDRESS) {
    return { path: '', message: `The address has ${addressLength} characters; at most ${LONGEST_ADDRESS} are sent` };
  }
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_REQUEST_BYTES) return null;
  return { path: '', message: `The request has ${bytes} bytes; at most ${MAX_REQUEST_BYTES} are sent` };
}

function refused(path: string, message: string): FrozenRequest {
  return { ok: false, problems: [{ path, message }] };
}
