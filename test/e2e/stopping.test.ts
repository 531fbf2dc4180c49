import { afterEach, describe, expect, it } from 'vitest';
import { type ServerProcess, startServerProcess } from '../crash/server-process.ts';
import { type Running, type RunningOptions, startRunning } from './running.ts';
import { arrivals, outside, post, TIER_MAPPING, tierChange, until } from './trouble.ts';

/** One call at a time, of at most two deliveries: all others must gather. */
const NARROW = '    concurrency: 1\n    batch: { size: 2 }\n';

let running: Running;
let server: ServerProcess;
afterEach(async () => {
  await server.kill('SIGKILL');
  await running.stop();
});

/** A real process on the config and the stand-in of a server that was stopped. */
async function open(options: RunningOptions = {}): Promise<string> {
  running = await startRunning({ mappings: { 'tier.yaml': TIER_MAPPING }, destination: NARROW, ...options });
  await running.server.stop();
  server = startServerProcess(running.configFile);
  return server.listening;
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `m-${n}`);

async function sendAll(url: string, messageIds: readonly string[]): Promise<void> {
  const answers = await Promise.all(messageIds.map((id) => post(url, tierChange(id))));
  expect(answers.every(({ status }) => status === 202)).toBe(true);
}

const signal = (name: NodeJS.Signals) => process.kill(server.pid, name);
const calls = () => running.sandbox.state.journal().length;

describe('a server that is told to stop', () => {
  it('refuses webhooks, says that it is not ready, finishes what is in flight, and leaves the rest to the next', async () => {
    const url = await open();
    running.sandbox.faults.add({ kind: 'latency', ms: 1_500 });
    await sendAll(url, ids(30));
    signal('SIGTERM');
    await until(async () => (await outside(url)).readyz === 503, 'not ready');
    expect(await outside(url)).toEqual({ healthz: 200, readyz: 503, metrics: 200 });
    expect(await post(url, tierChange('late'))).toEqual({ status: 503, retryAfter: '5' });
    expect(await server.ended).toMatchObject({ code: 0, signal: null });
    const arrived = arrivals(running, ids(30)).reduce((sum, count) => sum + count, 0);
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThan(30);
    running.sandbox.faults.clear();
    await running.restart();
    await running.settled();
    expect(arrivals(running, [...ids(30), 'late'])).toEqual([...ids(30).map(() => 1), 0]);
    expect((await running.server.reads.stats(0)).attempts).toMatchObject({ delivered: 30, ambiguous: 0 });
  });

  it('keeps a webhook that is on its way when the signal comes', async () => {
    const url = await open();
    const sent = sendAll(url, ids(200));
    signal('SIGTERM');
    await sent.catch(() => undefined);
    expect(await server.ended).toMatchObject({ code: 0 });
    await running.restart();
    await running.settled();
    const { received } = await running.server.reads.stats(0);
    const arrived = arrivals(running, ids(200)).reduce((sum, count) => sum + count, 0);
    expect(arrived).toBe(received);
  });

  it('ends at once on a second signal, and nothing is lost', async () => {
    const url = await open();
    running.sandbox.faults.add({ kind: 'hang', count: 1 });
    await sendAll(url, ids(10));
    await until(() => calls() > 0, 'a call');
    signal('SIGTERM');
    await until(async () => (await outside(url)).readyz === 503, 'not ready');
    const startedMs = performance.now();
    signal('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await running.restart();
    await running.settled();
    expect(arrivals(running, ids(10))).toEqual(ids(10).map(() => 1));
  });
});
