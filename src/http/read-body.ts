import type { IncomingMessage } from 'node:http';
import { PointsmanError } from '../core/errors.ts';

/**
 * Reads a request's raw bytes. Rejects with `SOURCE_TOO_LARGE` as soon as the limit is passed (the rest is read and
 * dropped, so that the client can still read the answer), and with null when the client hangs up.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) {
    request.resume();
    return Promise.reject(tooLarge(limitBytes));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        chunks.length = 0;
        reject(tooLarge(limitBytes));
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('close', () => reject(null));
    request.on('error', () => reject(null));
  });
}

function tooLarge(limitBytes: number): PointsmanError {
  return new PointsmanError('SOURCE_TOO_LARGE', `The body is larger than ${limitBytes} bytes`);
}
