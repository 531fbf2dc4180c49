import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from '../e2e/running.ts';
import { type MemberApi, startMemberApi } from '../support/member-api.ts';
import { pointsman } from './pointsman.ts';

const line = (n: number, email = `m${n}@example.com`) =>
  JSON.stringify({ storeCode: 'DEFAULT', kind: 'wallet', key: `w-${n}`, value: { customerId: `c-${n}`, email } });

let api: MemberApi;
let running: Running;
beforeAll(async () => {
  api = await startMemberApi(60, 0);
  running = await startRunning({ source: `, api: { url: "${api.url}", token: a-key }` });
});
afterAll(async () => {
  await running.stop();
  api.close();
});

function file(name: string, lines: readonly string[]): string {
  const path = join(running.dir, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const run = (words: readonly string[], options: Parameters<typeof pointsman>[1] = {}) =>
  pointsman([...words, '-c', running.configFile], options);
const write = (words: readonly string[], options: Parameters<typeof pointsman>[1] = {}) =>
  run([...words, '--url', running.server.url], options);

test('facts import learns a file through the running server, and again without harm', async () => {
  const path = file('good.ndjson', [line(1), '', line(2)]);
  const first = await write(['facts', 'import', path]);
  expect(first).toMatchObject({ code: 0, stdout: '' });
  expect(first.stderr).toContain(`using the server at ${running.server.url}\n`);
  expect(first.stderr).toContain('100 %  2 facts of about 2\n');
  expect(first.stderr).toMatch(/\n2 facts learned, 0 known already, .* 0 bad lines left out\.\n$/);
  expect((await write(['facts', 'import', path])).stderr).toContain('0 facts learned, 2 known already');
});

test('facts import reads the input', async () => {
  const { code, stderr } = await write(['facts', 'import', '-'], { input: `${line(3)}\n${line(4)}` });
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('2 facts learned') });
});

test('facts import names every bad line, and imports nothing for them unless told to', async () => {
  const path = file('bad.ndjson', [line(8), '{"key":', line(9), '{"storeCode":"X","kind":"wallet","key":"w"}']);
  const refused = await write(['facts', 'import', path]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`${path}:2:1: error API_BAD_FACT it is not JSON\n`);
  expect(refused.stderr).toContain(`${path}:4:1: error API_BAD_FACT value is missing\n`);
  expect(refused.stderr).toContain('2 bad lines: nothing was imported; --skip-bad imports the others');
  expect((await run(['facts', 'list', '--key', 'w-8'])).stderr).toContain('Nothing found.');
  const skipped = await write(['facts', 'import', path, '--skip-bad']);
  expect(skipped).toMatchObject({ code: 0, stderr: expect.stringContaining(`${path}:2:1: warning API_BAD_FACT`) });
  expect(skipped.stderr).toMatch(/2 facts learned, .* 2 bad lines left out\./);
});

test('facts list shows what is remembered, by any filter, page by page', async () => {
  await write(['facts', 'import', '-'], { input: `${line(11, 'Ann@Example.com')}\n${line(12, '\u001b[31mbob')}` });
  const table = await run(['facts', 'list', '--member', 'ann@example.com']);
  expect(table.stdout).toMatch(/^LEARNED +SOURCE +STORE +KIND +KEY +MEMBER +VALUE\n/);
  expect(table.stdout).toMatch(/seeded +open-loyalty +DEFAULT +wallet +w-11 +DEFAULT\/c-11 +\{"customerId":"c-11",/);
  const json = await run(['facts', 'list', '--store', 'DEFAULT', '--kind', 'wallet', '--limit', '1', '-o', 'json']);
  const page = JSON.parse(json.stdout);
  expect(page).toEqual((await running.api('/api/v1/facts?storeCode=DEFAULT&kind=wallet&limit=1')).body);
  const more = ['facts', 'list', '--store', 'DEFAULT', '--kind', 'wallet', '--cursor', page.next, '-o', 'ndjson'];
  expect(JSON.parse((await run(more)).stdout.split('\n')[0] ?? '')).toMatchObject({ key: 'w-11', learnedAt: null });
  expect((await run(['facts', 'list', '--key', 'w-12'])).stdout).not.toContain('\u001b');
});

test('facts seed reads the members of the tenants that are named', async () => {
  const { code, stderr } = await write(['facts', 'seed', 'open-loyalty', '--store', 'Germany', '--rate', '600/m']);
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('60 members read: 60 facts learned, 0 without a wallet'),
  });
  const failed = await write(['facts', 'seed', 'open-loyalty', '--store', 'Nowhere']);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(
    'error SOURCE_API_FAILED Open Loyalty does not take a call: /api/Nowhere/member answered 404: Not Found',
  );
});

test.each([
  [
    'an unknown source',
    ['facts', 'seed', 'other'],
    2,
    'CLI_USAGE There is no source other; the config has: open-loyalty',
  ],
  ['a rate that is none', ['facts', 'seed', 'open-loyalty', '--rate', 'fast'], 2, 'It takes a rate such as 10/s'],
  ['a file that is not there', ['facts', 'import', 'nowhere.ndjson'], 2, 'CLI_USAGE Cannot read nowhere.ndjson'],
])('%s ends in one clear error', async (_what, words, code, said) => {
  const result = await write(words);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(said);
});

test('a source without an API says what is missing', async () => {
  const config = file('no-api.yaml', [
    'sources: { open-loyalty: { type: open-loyalty, verify: none } }',
    'destinations: { bloomreach: { type: bloomreach, projectToken: a-token, apiKeyId: a-key, apiSecret: a-secret } }',
  ]);
  const { code, stderr } = await pointsman(['facts', 'seed', 'open-loyalty', '-c', config]);
  expect(code).toBe(78);
  expect(stderr).toContain('CONFIG_INVALID sources.open-loyalty.api has no url and no token');
});

test('a server that cannot be found, or does not take the token, says what to do', async () => {
  const path = file('one.ndjson', [line(1)]);
  const hidden = await run(['facts', 'import', path]);
  expect(hidden.code).toBe(1);
  expect(hidden.stderr).toMatch(/error STORE_IN_USE .*: name its address with --url, or stop it\n/);
  const refused = await write(['facts', 'import', path], { env: { POINTSMAN_TOKEN: 'wrong' } });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('error API_UNAUTHORIZED A valid token is needed; set POINTSMAN_TOKEN');
});
