import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished, test } from 'vitest';
import type { Log } from '../../src/ports/log.ts';
import { openLog } from '../../src/runtime/open-log.ts';
import { systemClock } from '../../src/runtime/system.ts';
import { type OpenLoyaltySandbox, startOpenLoyaltySandbox } from '../../src/sandbox/open-loyalty/server.ts';
import { walletOf } from '../../src/sandbox/open-loyalty/world/member.ts';
import { pointsman } from '../cli/pointsman.ts';
import { type MemberApi, startMemberApi } from '../support/member-api.ts';
import { type Running, type RunningOptions, startRunning } from './running.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const KEY = 'seeding-api-key';
const EVERYTHING = { before: null, limit: 200 } as const;

const running: Running[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function start(apiUrl: string, options: RunningOptions = {}): Promise<Running> {
  const one = await startRunning({ source: `, api: { url: "${apiUrl}", token: ${KEY} }`, ...options });
  running.push(one);
  return one;
}

async function startLoyalty(): Promise<OpenLoyaltySandbox> {
  const { random } = systemClock;
  const sandbox = await startOpenLoyaltySandbox({ clock: systemClock, random, apiToken: KEY, members: 120 });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function seed({ configFile, server }: Running, ...more: readonly string[]) {
  const words = ['facts', 'seed', 'open-loyalty', '-c', configFile, '--url', server.url, '--rate', '100/s'];
  return pointsman([...words, ...more]);
}

test('a reminder for a wallet nobody mentioned waits, is seeded, and goes out once, to the right member', async () => {
  const loyalty = await startLoyalty();
  const one = await start(loyalty.url);
  const silent = loyalty.world.state.membersOf('Poland').find(({ profile }) => profile.email !== null);
  if (!silent) throw new Error('Nobody has an email address');
  const reminder = {
    messageId: 'reminder-1',
    eventName: 'PointsWillExpire',
    storeCode: 'Poland',
    createdAt: '2026-02-11T09:30:00+01:00',
    data: {
      accountId: walletOf(silent).walletId,
      points: 50,
      remainingUnits: 35,
      pointsWillExpire: '2026-03-01T00:00:00+01:00',
    },
  };
  await one.send(reminder);
  const waiting = async () => (await one.api('/api/v1/deliveries?status=waiting')).body['items'];
  await expect.poll(waiting).toHaveLength(1);

  loyalty.faults.add({ kind: 'status', status: 429, retryAfter: 1, count: 1, match: { path: '/member' } });
  const seeded = await seed(one);
  expect(seeded).toMatchObject({ code: 0, stdout: '' });
  expect(seeded.stderr).toContain(`using the server at ${one.server.url}`);
  expect(seeded.stderr).toMatch(/\/member answered 429: .*; trying again in 1 s/);
  expect(seeded.stderr).toMatch(/\n120 members read: 120 facts learned, 0 without a wallet or an identifier\.\n$/);

  await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(0);
  await one.settled();
  expect((await seed(one)).code).toBe(0);
  await one.settled();
  const customer = one.sandbox.state.customer({ registered: silent.profile.email?.toLowerCase() ?? '' });
  expect(
    customer?.events.map(({ type, properties }) => [type, properties['event_id'], properties['wallet_code']]),
  ).toEqual([['loyalty_points_expiring', 'reminder-1', 'default']]);
});

describe('a seeding that is killed in the middle', () => {
  /** A slow API, and the seeding of 600 members from it in a process of its own. */
  async function startSeeding(words: readonly string[]): Promise<ChildProcess> {
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  async function killAfter(pages: number, api: MemberApi, child: ChildProcess): Promise<void> {
    await expect.poll(() => api.asked.length, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(pages);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async function factCount(log: Log): Promise<number> {
    const keys: string[] = [];
    for (let before: number | null = null; ; ) {
      const { items, nextBefore } = await log.factRows({}, { ...EVERYTHING, before });
      keys.push(...items.map(({ key }) => key));
      before = nextBefore;
      if (before === null) return new Set(keys).size === keys.length ? keys.length : -1;
    }
  }

  it.each(['through the server', 'without a server'])('goes on from there, %s', async (how) => {
    const api = await startMemberApi(600, 40);
    onTestFinished(api.close);
    const one = await start(api.url);
    const throughServer = how === 'through the server';
    if (!throughServer) await one.server.stop();
    const url = throughServer ? ['--url', one.server.url] : [];
    const words = ['facts', 'seed', 'open-loyalty', '-c', one.configFile, '--rate', '100/s', ...url];
    await killAfter(5, api, await startSeeding(words));
    const before = [...api.asked];

    const again = await pointsman(words);
    expect(again.stderr).toMatch(/Germany: going on after \d+ members\n/);
    expect(again.stderr).toContain('600 members read: 600 facts learned');
    expect(again.code).toBe(0);
    const [first = 0, ...rest] = api.asked.slice(before.length);
    expect(first).toBeGreaterThanOrEqual(150);
    expect([first, ...rest]).toEqual(Array.from({ length: 12 - first / 50 }, (_, index) => first + index * 50));
    const log = openLog(`${one.dir}/data/pointsman.db`);
    expect(await factCount(log)).toBe(600);
    await log.close();
  });

  it('begins anew with --restart', async () => {
    const api = await startMemberApi(200, 40);
    onTestFinished(api.close);
    const one = await start(api.url);
    const words = ['facts', 'seed', 'open-loyalty', '-c', one.configFile, '--url', one.server.url];
    await killAfter(2, api, await startSeeding(words));
    const asked = api.asked.length;
    expect(await pointsman([...words, '--restart', '--rate', '100/s'])).toMatchObject({ code: 0 });
    expect(api.asked.slice(asked)).toEqual([0, 50, 100, 150]);
  });

  it('stops on a signal after the page it is at, and says that it can go on', async () => {
    const api = await startMemberApi(600, 40);
    onTestFinished(api.close);
    const one = await start(api.url);
    const words = ['facts', 'seed', 'open-loyalty', '-c', one.configFile, '--url', one.server.url];
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await expect.poll(() => api.asked.length, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(3);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said).toMatch(
      /Germany +\d+ % +[\d,]+ members of about 600\nStopped\. The same command goes on from here\.\n$/,
    );
  });
});
