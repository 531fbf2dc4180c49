import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { type Child, spawnNode, startChild, stopProcess } from './child.ts';
import type { LoadReply, LoadRequest } from './messages.ts';
import { percentile } from './statistics.ts';

/**
 * How much a formula that never ends, and a regular expression that backtracks for ever, delay the acknowledgement of
 * other webhooks: the same load, without and with them, in turn. Run it with `npm run bench:isolation`.
 */
const PER_SECOND = 200;
const COUNT = 1_600;
const ROUNDS = 3;
const TOKEN = 'bench-only-webhook-token';

const mapping = (event: string, formula: string) => `event: ${event}
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: tried
  properties:
    tried: |
      =${formula}
`;

/** Each file is a mapping of its own text, so that quarantine, which ends the trouble, comes as late as possible. */
const MAPPINGS: Readonly<Record<string, string>> = {
  'good.yaml': mapping('CustomerLevelChanged', 'data.level.name'),
  'loop.yaml': mapping('CustomerUpdated', '($loop := function($n) { $loop($n + 1) }; $loop(0))'),
  'regex.yaml': mapping('CustomerDeactivated', '$contains(data.customer.phone, /^(a+)+$/)'),
};

const dir = mkdtempSync(join(tmpdir(), 'pointsman-isolation-'));
const sink = startChild({ file: import.meta.resolve('./sink.ts'), cpu: null });
const load = startChild({ file: import.meta.resolve('./load.ts'), cpu: null });
try {
  const [sinkUrl] = await Promise.all([sink.next<string>(), load.next()]);
  const calm: number[] = [];
  const troubled: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    calm.push(...(await acknowledgements(sinkUrl, [])));
    troubled.push(...(await acknowledgements(sinkUrl, ['CustomerUpdated', 'CustomerDeactivated'])));
  }
  const [before, during] = [calm, troubled].map((times) => ({
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  }));
  say(`${PER_SECOND} webhooks a second, ${ROUNDS} rounds of ${COUNT} without and with the bad formulas, in turn`);
  say(`without   p50 ${shown(before?.p50)}   p99 ${shown(before?.p99)}`);
  say(`with      p50 ${shown(during?.p50)}   p99 ${shown(during?.p99)}`);
  say(`p99 moves by ${shown((during?.p99 ?? 0) - (before?.p99 ?? 0))}`);
} finally {
  await Promise.all([sink.stop(), load.stop()]);
  rmSync(dir, { recursive: true, force: true });
}

/** Acknowledgement times of one run, in ms, while the events of these names keep coming too. */
async function acknowledgements(sinkUrl: string, bad: readonly string[]): Promise<readonly number[]> {
  const { url, stop } = await startServer(sinkUrl);
  const trouble = new AbortController();
  const troubling = Promise.all(bad.map((name) => keepSending(url, name, trouble.signal)));
  const headers = { 'content-type': 'application/json', 'x-pointsman-token': TOKEN };
  const asked: LoadRequest = { url, headers, first: 0, count: COUNT, connections: 16, perSecond: PER_SECOND };
  const { sentAt, ackAt, refusals } = await askLoad(load, asked);
  trouble.abort();
  await troubling;
  await stop();
  if (Object.keys(refusals).length > 0) throw new Error(`not accepted: ${JSON.stringify(refusals)}`);
  return Array.from(ackAt, (at, index) => at - (sentAt[index] ?? Number.NaN));
}

function askLoad(child: Child, question: LoadRequest): Promise<LoadReply> {
  return child.ask<LoadReply>(question);
}

async function keepSending(url: string, eventName: string, signal: AbortSignal): Promise<void> {
  const data = { customer: { email: 'eve@example.com', phone: `${'a'.repeat(40)}!` } };
  for (let index = 0; !signal.aborted; index++) {
    const body = JSON.stringify({ messageId: `${eventName}-${index}`, eventName, storeCode: 'DEFAULT', data });
    const answer = await request(url, { method: 'POST', headers: { 'x-pointsman-token': TOKEN }, body });
    await answer.body.dump();
    await sleep(100);
  }
}

async function startServer(sinkUrl: string): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const home = mkdtempSync(join(dir, 'server-'));
  mkdirSync(join(home, 'mappings'));
  for (const [file, text] of Object.entries(MAPPINGS)) writeFileSync(join(home, 'mappings', file), text);
  const verify = { type: 'header', name: 'X-Pointsman-Token', value: TOKEN };
  const keys = { projectToken: 'bench', apiKeyId: 'bench', apiSecret: 'bench' };
  const config = {
    server: { port: 0 },
    sources: { 'open-loyalty': { type: 'open-loyalty', verify } },
    destinations: { bloomreach: { type: 'bloomreach', baseUrl: sinkUrl, ...keys } },
  };
  writeFileSync(join(home, 'config.yaml'), JSON.stringify(config));
  const args = ['serve', '-c', join(home, 'config.yaml')];
  const start = { file: import.meta.resolve('../src/cli/main.ts'), args, cpu: null };
  const child = spawnNode(start, ['ignore', 'pipe', openSync(join(home, 'server.log'), 'w')]);
  if (child.stdout === null) throw new Error('the server has no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = `${String(line).replace('listening ', '')}/webhooks/open-loyalty`;
  return { url, stop: () => stopProcess(child) };
}

function shown(ms: number | undefined): string {
  return `${(ms ?? Number.NaN).toFixed(1)} ms`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
