import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pointsman } from '../cli/pointsman.ts';
import { type Running, startRunning } from './running.ts';

const envelope = (messageId: string, eventName: string, data: unknown) => ({
  ...{ messageId, requestId: `r-${messageId}`, eventName, storeCode: 'DEFAULT' },
  createdAt: '2026-02-11T09:30:00+01:00',
  data,
});
const customer = (id: string) => ({ customerId: `c-${id}`, email: `${id}@example.com` });
const earned = (messageId: string, member: string) =>
  envelope(messageId, 'AvailablePointsAmountChanged', {
    ...{ customer: customer(member), amount: 320.5, amountChange: 20, amountChangeType: 'add' },
    wallet: { walletId: 'w-1', walletType: { code: 'default', name: 'Points' } },
  });
const tier = (messageId: string, move: object) =>
  envelope(messageId, 'CustomerLevelChanged', {
    customer: customer('ann'),
    level: { levelId: 'l-1', name: 'Gold', ...move },
  });

let running: Running;
beforeAll(async () => {
  running = await startRunning();
  await running.send(earned('m-1', 'ann'));
  await running.settled();
  await running.send(
    envelope('m-2', 'PointsWillExpire', {
      ...{ accountId: 'w-1', points: 50, remainingUnits: 35, pointsWillExpire: '2026-03-01T00:00:00+01:00' },
    }),
  );
  await running.settled();
  // The wallet changes hands after the reminder: what was recalled then is Ann.
  await running.send({ ...earned('m-3', 'bob'), createdAt: '2026-02-12T09:30:00+01:00' });
  await running.send(tier('m-4', { levelMoveUp: true }));
  await running.send(tier('m-5', {}));
  await running.send(tier('m-6', { levelMoveUp: 'surely' }));
  await running.settled();
});
afterAll(() => running.stop());

const run = (...words: string[]) => pointsman([...words, '-c', running.configFile], { cwd: running.dir });
const itemsOf = async (query: string) =>
  (await running.api(`/api/v1/deliveries?${query}`)).body['items'] as readonly { id: string; eventId: string }[];
const values = (shown: { formulas: { path: string; value: unknown }[] }) =>
  Object.fromEntries(shown.formulas.map(({ path, value }) => [path, value]));

async function post(path: string, body: unknown) {
  const headers = { authorization: 'Bearer e2e-api-token-0123456789' };
  const answer = await request(`${running.server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.statusCode, body: (await answer.body.json()) as Readonly<Record<string, unknown>> };
}

test('a delivery shows what each formula yielded, with the facts of then, in the API and on one screen', async () => {
  const [delivery] = await itemsOf('mapping=points-expiring');
  const { body } = await running.api(`/api/v1/deliveries/${delivery?.id}`);
  expect(body['formulasRemark']).toBeNull();
  expect(values(body as never)).toMatchObject({
    when: true,
    'customer_ids.registered': 'ann@example.com',
    'properties.days_left': 18,
    member: 'c-ann',
  });
  const { stdout } = await run('deliveries', 'show', delivery?.id ?? '');
  expect(stdout).toMatch(/Formulas\n {2}when +true +=/);
  expect(stdout).toMatch(/properties\.days_left +18 +=/);
  const order = ['Event evt_', 'Mapping points-expiring', 'Formulas', 'Request', 'Attempts (1)'];
  expect(order.map((part) => stdout.indexOf(part))).toEqual(
    order.map((part) => stdout.indexOf(part)).toSorted((a, b) => a - b),
  );
});

test('a delivery that was skipped shows the condition that did not hold', async () => {
  const [skipped] = await itemsOf('mapping=tier-change&q=m-5');
  const { body } = await running.api(`/api/v1/deliveries/${skipped?.id}`);
  expect(body).toMatchObject({ status: 'skipped', formulasRemark: null, formulas: [{ path: 'when', value: false }] });
});

test('preview looks at stored events with the facts of then, by delivery, by event, and the newest', async () => {
  const [delivery] = await itemsOf('mapping=points-expiring');
  for (const words of [
    ['--delivery', delivery?.id ?? ''],
    ['--event-id', delivery?.eventId ?? ''],
    ['--last', '1'],
  ]) {
    const { code, stdout } = await run('preview', 'points-expiring', ...words, '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        event: { id: delivery?.eventId, event: 'PointsWillExpire' },
        outcome: { kind: 'requests', requests: [{ customer_ids: { registered: 'ann@example.com' } }] },
      },
    ]);
  }
  const { stdout } = await run('preview', 'points-expiring', '--last', '1');
  expect(stdout).toMatch(/recalled wallet w-1 = \{/);
});

test('preview says when nothing of the kind is stored', async () => {
  const { code, stderr } = await run('preview', 'downgrade-risk', '--last', '1');
  expect(code).toBe(1);
  expect(stderr).toContain('No LevelWillExpire is stored yet');
});

test('the API previews and compares a text that is not saved, and finds its errors', async () => {
  const text = readFileSync(join(running.dir, 'mappings', 'points-expiring.yaml'), 'utf8').replaceAll(
    'days_left:',
    'days:',
  );
  const preview = await post('/api/v1/preview', { text, file: 'points-expiring.yaml', last: 1 });
  expect(preview).toMatchObject({
    status: 200,
    body: { items: [{ mapping: 'points-expiring', outcome: { requests: [{ properties: { days: 18 } }] } }] },
  });
  const files = [{ file: 'points-expiring.yaml', text }];
  const diff = await post('/api/v1/diff', { files });
  expect(diff).toMatchObject({ status: 200, body: { summary: { same: 0, changed: 1, newlySent: 0 } } });
  const wrong = await post('/api/v1/diff', { files: [{ file: 'a.yaml', text: 'event: Nothing\n' }] });
  expect(wrong).toMatchObject({ status: 422, body: { lints: [{ line: 1 }, {}, {}] } });
});

test('diff reads the store of a running server, and what it says is what a save then does', async () => {
  const file = join(running.dir, 'mappings', 'tier-change.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(join(running.dir, 'draft.yaml'), `id: tier-change\n${text.replaceAll('tier_id:', 'level_id:')}`);
  const { code, stdout } = await run('diff', 'draft.yaml', '-o', 'json');
  expect({ code, summary: JSON.parse(stdout).summary }).toMatchObject({ code: 3, summary: { changed: 2, same: 1 } });
});

test('a new mapping from a stored event holds nothing of the person it was about', async () => {
  const [delivery] = await itemsOf('mapping=tier-change&q=m-4');
  const { code, stdout } = await run('new', 'from-real', '--from-event', delivery?.eventId ?? '', '-o', '-');
  expect(code).toBe(0);
  expect(stdout).toContain('event: CustomerLevelChanged');
  expect(stdout).not.toMatch(/c-ann|m-4/);
});
