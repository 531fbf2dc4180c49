import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReplays } from '../../src/runtime/open-replays.ts';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import { type ServerProcess, startServerProcess } from '../crash/server-process.ts';
import { settled } from '../crash/settled.ts';

const PROJECT = { projectToken: 'killed-project', apiKeyId: 'killed-key', apiSecret: 'killed-secret' };
const WEBHOOK = { 'x-pointsman-token': 'a-webhook-token' };
const ADMIN = { authorization: 'Bearer an-admin-token-0123456789', 'content-type': 'application/json' };
const MAPPING = `
event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: level
  properties: { event_id: "=$eventId()" }
`;

let dir: string;
let sandbox: BloomreachSandbox;
let server: ServerProcess | null = null;
let url = '';

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pointsman-killed-'));
  const settings = { rateLimitPerMinute: 0, queueDelayMs: { min: 0, max: 0 } };
  sandbox = await startBloomreachSandbox({ ...PROJECT, clock: () => Date.now(), random: Math.random, settings });
  mkdirSync(join(dir, 'mappings'));
  writeFileSync(join(dir, 'mappings', 'level.yaml'), MAPPING);
  writeFileSync(
    join(dir, 'config.yaml'),
    `server: { port: 0 }
api: { tokens: [{ name: ops, role: admin, token: an-admin-token-0123456789 }] }
store: { url: "sqlite:./pointsman.db" }
mappings: { dir: ./mappings, watch: false }
sources: { open-loyalty: { type: open-loyalty, verify: { type: header, name: X-Pointsman-Token, value: a-webhook-token } } }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${sandbox.url}
    projectToken: ${PROJECT.projectToken}
    apiKeyId: ${PROJECT.apiKeyId}
    apiSecret: ${PROJECT.apiSecret}
    retry: { quick: 0, schedule: [100ms, 200ms, 400ms, 800ms], giveUpAfter: 1h }
`,
  );
  await start();
});
afterEach(async () => {
  await server?.kill('SIGKILL');
  await sandbox.close();
  rmSync(dir, { recursive: true, force: true });
});

const database = () => join(dir, 'pointsman.db');

async function start(): Promise<void> {
  server = startServerProcess(join(dir, 'config.yaml'));
  url = await server.listening;
}

async function kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  await server?.kill(signal);
  server = null;
}

async function send(count: number, emailOf: (index: number) => string): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const email = emailOf(index);
      const body = JSON.stringify({
        ...{ messageId: `m-${index}`, eventName: 'CustomerLevelChanged', storeCode: 'DEFAULT' },
        createdAt: '2026-02-11T09:30:00Z',
        data: { customer: { customerId: `id-${email}`, email }, level: { name: 'Gold' } },
      });
      const answer = await fetch(`${url}/webhooks/open-loyalty`, { method: 'POST', headers: WEBHOOK, body });
      expect(answer.status).toBe(202);
      await answer.text();
    }),
  );
}

const order = (path: string, body: object) =>
  fetch(`${url}/api/v1${path}`, { method: 'POST', headers: ADMIN, body: JSON.stringify(body) });

async function isReplayDone(): Promise<boolean> {
  const replays = openReplays(database());
  try {
    return (await replays.replay(1))?.status === 'done';
  } finally {
    await replays.close();
  }
}

test('a replay that is killed again and again sends everything once, with the same bytes', async () => {
  sandbox.faults.add({ kind: 'status', status: 400, probability: 1 });
  await send(300, (index) => `p${index % 30}@example.com`);
  expect(await settled(database())).toBe(0);
  sandbox.faults.clear();
  const refused = sandbox.state.journal().length;
  expect(refused).toBeGreaterThan(0);

  const started = await order('/replays', { as: 'redeliver', filter: { status: 'dead' }, rate: '150/s' });
  expect(started.status).toBe(200);
  for (let killed = 0; killed < 4; killed++) {
    await delay(200 + 100 * killed);
    await kill('SIGKILL');
    await start();
  }
  for (let waited = 0; waited < 200 && !(await isReplayDone()); waited++) await delay(100);
  expect(await settled(database())).toBe(0);

  const replays = openReplays(database());
  const done = await replays.replay(1);
  await replays.close();
  expect(done).toMatchObject({ status: 'done', total: 300, looked: 300, replayed: 300, unchanged: 0, refused: 0 });
  const taken = Array.from({ length: 30 }, (_, index) =>
    sandbox.state.customer({ registered: `p${index}@example.com` }),
  );
  const ids = taken.flatMap(
    (customer) => customer?.events.map(({ properties }) => String(properties['event_id'])) ?? [],
  );
  expect(ids).toHaveLength(300);
  expect(new Set(ids).size).toBe(300);
  const bytes = new Map<string, Set<string>>();
  for (const { data } of sandbox.state.journal().filter((entry) => entry.data !== '')) {
    const id = String(JSON.parse(data).properties.event_id);
    bytes.set(id, (bytes.get(id) ?? new Set()).add(data));
  }
  expect([...bytes.values()].filter((texts) => texts.size > 1)).toEqual([]);
}, 120_000);

/** Every byte of the database, its write-ahead log included. */
function stored(): string {
  return [database(), `${database()}-wal`].map((file) => readFileSync(file, 'latin1')).join('');
}

test('a forgetting that is killed goes on by itself, and leaves no byte of her', async () => {
  await send(400, (index) => (index < 20 ? 'bob@example.com' : 'ann@example.com'));
  expect(await settled(database())).toBe(0);
  const forgetting = order('/members/forget', { member: 'ann@example.com' }).catch(() => null);
  await delay(60);
  await kill('SIGKILL');
  await forgetting;
  expect(stored()).toContain('ann@example.com');

  await start();
  for (let waited = 0; waited < 100; waited++) {
    const known = await order('/members/forget', { member: 'ann@example.com', dryRun: true });
    await known.text();
    if (known.status === 404) break;
    await delay(50);
  }
  await delay(500);
  expect(stored()).not.toContain('ann@example.com');
  expect(stored()).toContain('bob@example.com');

  // A late repeat neither brings her back nor is sent.
  const sent = sandbox.state.journal().length;
  await send(40, (index) => (index < 20 ? 'bob@example.com' : 'ann@example.com'));
  expect(await settled(database())).toBe(0);
  expect(sandbox.state.journal()).toHaveLength(sent);
  await kill('SIGTERM');
  expect(readFileSync(database(), 'latin1')).not.toContain('ann@example.com');
}, 120_000);
