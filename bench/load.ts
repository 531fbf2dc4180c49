import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Pool } from 'undici';
import { monotonicMs } from './clock.ts';
import type { LoadReply, LoadRequest } from './messages.ts';
import { webhookBody } from './webhook.ts';

/** Timers are a millisecond coarse: the rest of a wait is spent turning. */
const TIMER_GRAIN_MS = 2;
const ANSWER_LIMIT_MS = 30_000;

process.on('message', (request: LoadRequest) => void run(request).then((reply) => process.send?.(reply)));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function run(request: LoadRequest): Promise<LoadReply> {
  const { origin, pathname } = new URL(request.url);
  const { connections } = request;
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: ANSWER_LIMIT_MS });
  const sentAt = new Float64Array(request.count).fill(Number.NaN);
  const ackAt = new Float64Array(request.count).fill(Number.NaN);
  const refusals: Record<string, number> = {};
  let bodyBytes = 0;

  /** Sends one and waits for its answer. Never rejects. */
  async function send(index: number, atMs: number): Promise<void> {
    const body = webhookBody(request.first + index);
    bodyBytes += body.length;
    sentAt[index] = atMs;
    try {
      const answer = await pool.request({ method: 'POST', path: pathname, headers: request.headers, body });
      await answer.body.dump();
      if (answer.statusCode < 300) ackAt[index] = monotonicMs();
      else count(refusals, String(answer.statusCode));
    } catch (error) {
      count(refusals, error instanceof Error && 'code' in error ? String(error.code) : String(error));
    }
  }

  if (request.perSecond === null) await closedLoop(request, send);
  else await openLoop(request.count, request.perSecond, send);
  await pool.destroy();
  return { sentAt, ackAt, bodyBytes, refusals };
}

type Send = (index: number, atMs: number) => Promise<void>;

async function closedLoop({ connections, count }: LoadRequest, send: Send): Promise<void> {
  let next = 0;
  async function sendInTurn(): Promise<void> {
    while (next < count) await send(next++, monotonicMs());
  }
  await Promise.all(Array.from({ length: connections }, sendInTurn));
}

/** Never waits for answers: an event that is held up by a slow server counts from the moment it was due. */
async function openLoop(count: number, perSecond: number, send: Send): Promise<void> {
  const startMs = monotonicMs() + TIMER_GRAIN_MS;
  const sending: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const dueMs = startMs + (index * 1000) / perSecond;
    await until(dueMs);
    sending.push(send(index, dueMs));
  }
  await Promise.all(sending);
}

async function until(dueMs: number): Promise<void> {
  const waitMs = dueMs - monotonicMs() - TIMER_GRAIN_MS;
  if (waitMs > 0) await sleep(waitMs);
  while (monotonicMs() < dueMs) await turn();
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
