import type { Dispatcher } from 'undici';
import { PointsmanError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { retryAfterMs } from '../../core/retry-after.ts';

/** An answer that is worth another try. */
export class TryAgain extends Error {
  /** How long the API asks to be left alone, in ms; null when it does not say. */
  readonly retryAfterMs: number | null;

  constructor(reason: string, wantsMs: number | null = null) {
    super(reason);
    this.retryAfterMs = wantsMs;
  }
}

/** An answer that would be the same again: the API does not take this call. */
export class Refused extends Error {}

/** Fifty members come nowhere near this: more is something else. */
const RESPONSE_LIMIT_BYTES = 8 * 1024 * 1024;
const MOST_WORDS = 200;

/** The JSON object of an answer to a call of `path`. Throws `SOURCE_API_UNAUTHORIZED`, `Refused` or `TryAgain`. */
export async function readAnswer(path: string, answer: Dispatcher.ResponseData, nowMs: number): Promise<JsonObject> {
  const { statusCode: status, headers } = answer;
  const body = jsonIn(await readText(answer.body));
  const words = `${path.split('?', 1)[0]} answered ${status}${wordsOf(body)}`;
  if (status === 401 || status === 403) throw new PointsmanError('SOURCE_API_UNAUTHORIZED', `Open Loyalty's ${words}`);
  if (status === 408 || status === 429 || status >= 500) {
    throw new TryAgain(words, retryAfterMs(headers['retry-after'], nowMs));
  }
  if (status >= 300) throw new Refused(words);
  if (isJsonObject(body)) return body;
  throw new TryAgain(`${words} with something else than a whole JSON object`);
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the body, and the connection with it.
    if (bytes > RESPONSE_LIMIT_BYTES) throw new TryAgain(`the answer is larger than ${RESPONSE_LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What an error answer says of itself. Source: the error schemas of the API. */
function wordsOf(body: Json | undefined): string {
  const message = isJsonObject(body) ? body['message'] : null;
  return typeof message === 'string' ? `: ${message.slice(0, MOST_WORDS)}` : '';
}
