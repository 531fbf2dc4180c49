import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from './clock.ts';
import { openConnections } from './connections.ts';
import type { LoadReply, LoadRequest } from './messages.ts';
import { webhookBody } from './webhook.ts';

process.on('message', (request: LoadRequest) => void run(request).then((reply) => process.send?.(reply)));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function run(request: LoadRequest): Promise<LoadReply> {
  const url = new URL(request.url);
  const bodies = Array.from({ length: request.count }, (_, index) => webhookBody(request.first + index));
  const messages = bodies.map((body) => messageOf(body, url, request.headers));
  const connections = await openConnections(url, request.connections);
  const sentAt = new Float64Array(request.count).fill(Number.NaN);
  const ackAt = new Float64Array(request.count).fill(Number.NaN);
  const refusals: Record<string, number> = {};

  /** Sends one and waits for its answer. Never rejects. */
  async function send(index: number): Promise<void> {
    sentAt[index] = monotonicMs();
    try {
      const status = await connections.send(messages[index] ?? Buffer.alloc(0));
      if (status < 300) ackAt[index] = monotonicMs();
      else count(refusals, String(status));
    } catch (error) {
      count(refusals, error instanceof Error && 'code' in error ? String(error.code) : String(error));
    }
  }

  if (request.perSecond === null) await closedLoop(request, send);
  else await openLoop(request.count, request.perSecond, send);
  connections.close();
  const bodyBytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  return { sentAt, ackAt, bodyBytes, refusals };
}

type Send = (index: number) => Promise<void>;

async function closedLoop({ connections, count }: LoadRequest, send: Send): Promise<void> {
  let next = 0;
  async function sendInTurn(): Promise<void> {
    while (next < count) await send(next++);
  }
  await Promise.all(Array.from({ length: connections }, sendInTurn));
}

/**
 * Never waits for answers, so that a slow server is asked as often as a quick one. What is due within the grain of a
 * timer goes out together: turning until the moment is there would take the processor that the sink needs.
 */
async function openLoop(count: number, perSecond: number, send: Send): Promise<void> {
  const startMs = monotonicMs();
  const sending: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const waitMs = startMs + (index * 1000) / perSecond - monotonicMs();
    if (waitMs > 0) await sleep(waitMs);
    sending.push(send(index));
  }
  await Promise.all(sending);
}

function messageOf(body: string, url: URL, headers: LoadRequest['headers']): Buffer {
  const lines = Object.entries({ host: url.host, ...headers, 'content-length': String(Buffer.byteLength(body)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${url.pathname} HTTP/1.1\r\n${head}\r\n${body}`);
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
