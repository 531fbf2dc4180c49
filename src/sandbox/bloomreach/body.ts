import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Json } from '../../core/json.ts';

/** One request body, read to its end. */
export interface Body {
  /** Exactly what arrived, as text; empty when it was too large to keep. */
  readonly text: string;
  /** Length in bytes of what was kept. */
  readonly bytes: number;
  /** The parsed text; undefined when it is not JSON. */
  readonly json: Json | undefined;
  readonly gzip: boolean;
  readonly tooLarge: boolean;
}

/**
 * Reads a request body, and goes on discarding one that passes the limit so that its sender gets to read the answer.
 * Null when the client hung up before the end: then nothing was received.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Body | null> {
  const { promise, resolve } = Promise.withResolvers<Body | null>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limitBytes) return chunks.push(chunk);
    chunks.length = 0;
    return resolve(OVERSIZE);
  });
  request.on('end', () => resolve(bytes > limitBytes ? OVERSIZE : parseBody(Buffer.concat(chunks))));
  request.on('close', () => resolve(null));
  request.on('error', () => resolve(null));
  return promise;
}

/** Parses the bytes of a body; never throws. */
export function parseBody(buffer: Buffer): Body {
  const text = buffer.toString();
  const gzip = buffer[0] === 0x1f && buffer[1] === 0x8b;
  const json = isUtf8(buffer) ? parseJson(text) : undefined;
  return { text, bytes: buffer.length, json, gzip, tooLarge: false };
}

const OVERSIZE: Body = { text: '', bytes: 0, json: undefined, gzip: false, tooLarge: true };

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
