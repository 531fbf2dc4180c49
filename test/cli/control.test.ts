import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from '../e2e/running.ts';
import { pointsman } from './pointsman.ts';

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running.stop());

const event = (id: string) => ({
  messageId: id,
  eventName: 'CustomerLevelChanged',
  storeCode: 'Germany',
  createdAt: '2026-02-11T09:30:00+01:00',
  data: {
    customer: { email: `${id}@example.com`, customerId: id },
    level: { levelId: 'l-1', name: 'Gold', levelMoveUp: true, levelMoveDown: false },
  },
});

const run = (...words: readonly string[]) =>
  pointsman([...words, '-c', running.configFile, '--url', running.server.url]);

test('destinations are listed, paused and resumed through the running server', async () => {
  const listed = await run('destinations', 'list');
  expect(listed.stdout).toMatch(/^DESTINATION +STATE +SINCE +CALLS +GATHERED +PER SECOND +WHY\nbloomreach +ok +- +0/);
  const paused = await run('destinations', 'pause', 'bloomreach', '--reason', 'moving projects');
  expect(paused).toMatchObject({ code: 0, stderr: expect.stringContaining('bloomreach is paused.\n') });
  expect((await run('destinations', 'list')).stdout).toMatch(
    /bloomreach +paused +\S+ \S+ .*Paused by e2e: moving projects/,
  );
  const json = JSON.parse((await run('destinations', 'list', '-o', 'json')).stdout);
  expect(json.items).toEqual((await running.api('/api/v1/destinations')).body['items']);
  expect((await run('destinations', 'pause', 'bloomreach')).stderr).toContain('bloomreach was paused already.');
  expect((await run('destinations', 'resume', 'bloomreach')).stderr).toContain('bloomreach is resumed.');
  expect((await run('destinations', 'resume', 'bloomreach')).stderr).toContain('bloomreach was not paused.');
});

test('an endpoint is paused alone', async () => {
  await run('destinations', 'pause', 'bloomreach.customer');
  expect((await run('destinations', 'list')).stdout).toMatch(/bloomreach +partly paused .*customer: Paused by e2e/);
  await run('destinations', 'resume', 'bloomreach.customer');
});

test('a delivery is skipped or released, and what cannot be says why', async () => {
  await run('destinations', 'pause', 'bloomreach');
  await running.send(event('m-1'));
  await running.send(event('m-2'));
  const ids = await pendingIds(2);
  expect(await run('deliveries', 'skip', ids[0] ?? '')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('is skipped: it is never sent.'),
  });
  const again = await run('deliveries', 'skip', ids[0] ?? '');
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('error API_CONFLICT') });
  expect(again.stderr).toContain('is skipped: only a pending one can be skipped');
  expect((await run('deliveries', 'release', ids[1] ?? '')).stderr).toContain('is released: it goes at once.');
  expect((await run('deliveries', 'release', 'dlv_zzz')).stderr).toContain('API_NOT_FOUND There is no dlv_zzz');
  await run('destinations', 'resume', 'bloomreach');
  await running.settled();
  const { body } = await running.api('/api/v1/deliveries');
  const statuses = (body['items'] as { status: string }[]).map(({ status }) => status).sort();
  expect(statuses).toEqual(['delivered', 'skipped']);
});

test('what does not exist is said so', async () => {
  const unknown = await run('destinations', 'pause', 'other');
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no destination other') });
  const endpoint = await run('destinations', 'pause', 'bloomreach.nope');
  expect(endpoint.stderr).toContain('bloomreach has no endpoint nope; it has: ');
});

test('without a server they act on the database itself', { timeout: 30_000 }, async () => {
  const config = join(running.dir, 'alone.yaml');
  writeFileSync(config, readFileSync(running.configFile, 'utf8').replace('pointsman.db', 'alone.db'));
  const alone = (...words: readonly string[]) => pointsman([...words, '-c', config]);
  const paused = await alone('destinations', 'pause', 'bloomreach', '--reason', 'at night');
  expect(paused.stderr).toMatch(/using the database .*\n(.*\n)?bloomreach is paused\.\n/);
  expect((await alone('destinations', 'list')).stdout).toMatch(
    /bloomreach +paused +\S+ \S+ +- +- +- +Paused by the command line: at night/,
  );
  await alone('destinations', 'resume', 'bloomreach');
  expect((await alone('destinations', 'list')).stdout).toMatch(/bloomreach +ok/);
  expect((await alone('deliveries', 'skip', 'dlv_9')).stderr).toContain('API_NOT_FOUND There is no dlv_9');
});

/** The ids of the pending deliveries, once there are so many. */
async function pendingIds(count: number): Promise<readonly string[]> {
  for (;;) {
    const { body } = await running.api('/api/v1/deliveries?status=pending');
    const ids = (body['items'] as { id: string }[]).map(({ id }) => id);
    if (ids.length >= count) return ids;
  }
}
