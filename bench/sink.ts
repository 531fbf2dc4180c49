import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monotonicMs } from './clock.ts';
import type { SinkReply, SinkRequest } from './messages.ts';
import { sequenceOf } from './sequence.ts';

/** A tracking command, as far as the sink looks at it. */
interface Command {
  readonly commands?: readonly { readonly data?: Command }[];
  readonly properties?: { readonly event_id?: unknown };
}

const SUCCESS = '{"success":true}';

let delayMs = 0;
let first = 0;
let arrivedAt = new Float64Array(0);
let arrived = 0;
let repeats = 0;
let calls = 0;
let requestBytes = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => receive(request, response, Buffer.concat(chunks)));
});

process.on('message', (request: SinkRequest) => process.send?.(answerTo(request)));
process.on('disconnect', () => process.exit());
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

function receive(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const atMs = monotonicMs();
  const command = JSON.parse(body.toString()) as Command;
  const isBatch = request.url?.endsWith('/batch') ?? false;
  const parts = isBatch ? (command.commands ?? []).map(({ data }) => data ?? {}) : [command];
  for (const part of parts) record(sequenceOf(part.properties?.event_id), atMs);
  calls += 1;
  requestBytes += body.length;
  const answer = isBatch ? `{"success":true,"results":[${parts.map(() => SUCCESS).join()}]}` : SUCCESS;
  if (delayMs > 0) setTimeout(() => send(response, answer), delayMs);
  else send(response, answer);
}

function record(sequence: number | null, atMs: number): void {
  if (sequence === null) return;
  const known = arrivedAt[sequence - first];
  if (known === undefined) return;
  if (!Number.isNaN(known)) {
    repeats += 1;
    return;
  }
  arrivedAt[sequence - first] = atMs;
  arrived += 1;
}

function send(response: ServerResponse, answer: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
  response.end(answer);
}

function answerTo(request: SinkRequest): SinkReply | number {
  if (request.kind === 'arrived') return arrived;
  if (request.kind === 'collect') return { arrivedAt, repeats, calls, requestBytes };
  first = request.first;
  delayMs = request.delayMs;
  arrivedAt = new Float64Array(request.count).fill(Number.NaN);
  arrived = repeats = calls = requestBytes = 0;
  return 0;
}
