import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { PointsmanError } from '../core/errors.ts';
import type { Signature } from '../core/event.ts';
import { publicId } from '../core/id.ts';
import { type ReceiveTools, receive } from '../pipeline/receive/receive.ts';
import type { Clock } from '../ports/clock.ts';
import type { Meter } from '../ports/meter.ts';
import type { InboundRequest, Source } from '../ports/source.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { readBody } from './read-body.ts';

/** What the door needs. */
export interface DoorTools extends ReceiveTools {
  readonly sources: ReadonlyMap<string, Source>;
  readonly bodyLimitBytes: number;
  readonly meter?: Pick<Meter, 'accepted' | 'refused'>;
  readonly clock: Clock;
  /** Left out = it never stops. */
  readonly isStopping?: () => boolean;
}

/** Where webhooks come in. */
export const WEBHOOK_PREFIX = '/webhooks/';

const RETRY_AFTER_SECONDS = '5';

/**
 * Answers `POST /webhooks/{source}`: 202 after the event is on disk, else a problem. A plain handler, without express:
 * a sender that waits one second and retries once must be answered quickly.
 */
export function createWebhookDoor(tools: DoorTools): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    admit(request, tools).then(
      ({ eventId, duplicate }) => {
        const body = `{"eventId":"${publicId('evt', eventId)}","duplicate":${duplicate}}`;
        answer(response, 202, { 'content-type': 'application/json' }, body);
      },
      (error) => refuse(error, request, response, tools),
    );
  };
}

async function admit(request: IncomingMessage, tools: DoorTools) {
  const source = sourceOf(request, tools.sources);
  if (tools.isStopping?.()) throw new PointsmanError('SOURCE_STOPPING', 'The server is stopping');
  if (request.method !== 'POST') throw new PointsmanError('SOURCE_METHOD', `${request.method} is not POST`);
  const receivedAtMs = tools.clock.now();
  const facts = { method: 'POST', headers: request.headers, receivedAtMs };
  if (!source.verifiesBody) verify(source, { ...facts, body: new Uint8Array() });
  const body = await readBody(request, tools.bodyLimitBytes);
  const signature = source.verifiesBody ? verify(source, { ...facts, body }) : null;
  return receive({ source, body, receivedAtMs, signature }, tools);
}

function sourceOf(request: IncomingMessage, sources: ReadonlyMap<string, Source>): Source {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const source = sources.get(path.slice(WEBHOOK_PREFIX.length));
  if (!source) throw new PointsmanError('SOURCE_UNKNOWN', `No source answers at ${path.slice(0, 200)}`);
  return source;
}

function verify(source: Source, request: InboundRequest): Signature | null {
  const verified = source.verify(request);
  if (!verified.genuine) throw new PointsmanError('SOURCE_UNAUTHORIZED', verified.reason);
  return verified.signature;
}

/** Null = the client hung up: there is nobody to answer. */
function refuse(error: unknown, request: IncomingMessage, response: ServerResponse, tools: DoorTools): void {
  if (error === null) return;
  const problem = problemOf(error);
  const code = error instanceof PointsmanError ? error.code : 'API_INTERNAL';
  tools.meter?.refused(code);
  // A store that refuses is no bug, and may refuse for long: no stack with every webhook.
  if (problem.status < 500 || code === 'SOURCE_STOPPING') tools.log.warn({ stage: 'receive', code }, problem.detail);
  else if (problem.status === 503) tools.log.error({ stage: 'receive', code }, problem.detail);
  else tools.log.error({ stage: 'receive', code, err: stackOf(error) }, 'the webhook door failed');
  const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE };
  if (!request.complete) headers['connection'] = 'close';
  if (problem.status === 503) headers['retry-after'] = RETRY_AFTER_SECONDS;
  if (code === 'SOURCE_METHOD') headers['allow'] = 'POST';
  if (code === 'SOURCE_UNAUTHORIZED') headers['www-authenticate'] = 'Basic realm="pointsman"';
  answer(response, problem.status, headers, JSON.stringify(problem));
}

/**
 * Sends the whole answer at once. A client that is still sending is heard out before the connection closes (the
 * request's time limits that): closing at once would reset it, and the answer would be lost.
 */
function answer(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  if (response.req.complete) {
    response.end(body);
    return;
  }
  response.write(body);
  finished(response.req.resume(), () => response.end());
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
