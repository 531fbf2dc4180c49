import type { Json } from '../../../core/json.ts';

/** One HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Answers with a JSON value. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

/** Done, with nothing to say. */
export const NO_CONTENT: Answer = { status: 204, headers: {}, body: '' };

/** Source: the error answers of the OpenAPI. */
export const NOT_FOUND: Answer = jsonAnswer(404, { code: 404, message: 'Not Found' });

/** The body of a 429 is unconfirmed. */
export function tooManyRequests(retryAfterSeconds: number | null): Answer {
  const answer = jsonAnswer(429, { code: 429, message: 'Too Many Requests' });
  if (retryAfterSeconds === null) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

/** One field that is wrong. Source: the validation error of the OpenAPI. */
export function invalid(path: string, message: string): Answer {
  const error: Json = { message, parameters: [], plural: null, code: null, path };
  return jsonAnswer(400, { code: 400, message: 'Validation failed', errors: [error] });
}
