import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../core/json.ts';
import { CONTROL_PREFIX, control } from './control.ts';
import type { RestFault } from './fault.ts';
import { type Answer, jsonAnswer, tooManyRequests } from './rest/answer.ts';
import { type Api, type ApiCall, serveApi } from './rest/api.ts';

/** What an exchange needs besides its two ends. */
export interface ExchangeContext {
  readonly api: Api;
  /** Aborted when the sandbox closes: nobody waits for a delayed answer any longer. */
  readonly closing: AbortSignal;
}

/** Largest body of a call, in bytes. */
const BODY_LIMIT = 1024 * 1024;

/** Carries one call from its first byte to its end, through the faults that hit it. */
export async function exchange(context: ExchangeContext, incoming: IncomingMessage, response: ServerResponse) {
  const { sandbox } = context.api;
  const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://sandbox.invalid');
  const method = incoming.method ?? 'GET';
  const text = await readText(incoming);
  if (text === null) return end(response, jsonAnswer(413, { code: 413, message: 'Payload Too Large' }));
  const json = parse(text);
  if (path.startsWith(CONTROL_PREFIX)) return end(response, await control(sandbox, { method, path, query, json }));
  const call: ApiCall = { method, path, query, headers: incoming.headers, body: json };
  const faults = sandbox.faults.drawRest(path);
  for (const fault of faults) {
    if (fault.kind === 'latency') await setTimeout(fault.ms, null, { signal: context.closing });
  }
  const fault = faults.find(({ kind }) => kind !== 'latency');
  if (fault?.kind === 'hang') return;
  const answer = (fault && answerOf(fault)) ?? serveApi(context.api, call);
  end(response, fault?.kind === 'half' ? halved(answer) : answer, fault?.kind === 'cut');
}

/** What a fault answers without running the call; null when the call runs. */
function answerOf(fault: RestFault): Answer | null {
  if (fault.kind === 'html') return webPage(fault.status ?? 502);
  if (fault.kind !== 'status') return null;
  if (fault.status === 429) return tooManyRequests(fault.retryAfter ?? null);
  if (fault.status === 401) return jsonAnswer(401, { code: '401', message: 'Expired JWT Token.' });
  return jsonAnswer(fault.status, { code: fault.status, message: `Fault: ${fault.status}` });
}

function halved(answer: Answer): Answer {
  return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
}

/** @param cut breaks the connection in the middle of the body. */
function end(response: ServerResponse, answer: Answer, cut = false): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  if (!cut) {
    response.end(answer.body);
    return;
  }
  response.write(halved(answer).body, () => response.socket?.resetAndDestroy());
}

/** Null when it is larger than the limit; the rest is then discarded, so that the sender gets to read the answer. */
async function readText(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_LIMIT) chunks.push(chunk);
  }
  return bytes <= BODY_LIMIT ? Buffer.concat(chunks).toString() : null;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function webPage(status: 200 | 502): Answer {
  const title = status === 200 ? 'Welcome' : '502 Bad Gateway';
  const body = `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
