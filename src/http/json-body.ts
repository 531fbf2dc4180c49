import express, { type RequestHandler } from 'express';
import { PointsmanError } from '../core/errors.ts';

/**
 * Reads the JSON body of a request into `request.body`, whatever its content type. Fails with `API_TOO_LARGE` beyond the
 * limit and with `API_BAD_REQUEST` for anything but JSON.
 */
export function jsonBody(limitBytes: number): RequestHandler {
  const read = express.json({ limit: limitBytes, strict: false, type: () => true });
  return (request, response, next) => {
    read(request, response, (error?: unknown) => next(error === undefined ? undefined : reasonOf(error, limitBytes)));
  };
}

/** What body-parser says under `type`: https://github.com/expressjs/body-parser#errors */
function reasonOf(cause: unknown, limitBytes: number): unknown {
  const { type = '', status = 500 } = cause as { readonly type?: string; readonly status?: number };
  if (type === 'entity.too.large') {
    return new PointsmanError('API_TOO_LARGE', `The body is larger than ${limitBytes} bytes`, { cause });
  }
  if (type === 'entity.parse.failed') return new PointsmanError('API_BAD_REQUEST', 'The body is not JSON', { cause });
  if (status >= 500) return cause;
  return new PointsmanError('API_BAD_REQUEST', `The body cannot be read: ${(cause as Error).message}`, { cause });
}
