import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pointsman } from './pointsman.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TIER_CHANGE = {
  eventName: 'CustomerLevelChanged',
  storeCode: 'Germany',
  createdAt: '2026-02-11T09:30:00+01:00',
  data: { customer: { email: 'Ann@Example.com' }, level: { levelId: 'l-1', name: 'Gold', levelMoveUp: true } },
};

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pointsman-cli-'));
  cpSync(join(root, 'mappings'), join(dir, 'mappings'), { recursive: true });
  writeFileSync(join(dir, 'event.json'), JSON.stringify(TIER_CHANGE));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each([
  ['serve'],
  ['validate'],
  ['test'],
  ['preview'],
  ['diff'],
  ['new'],
  ['deliveries', 'list'],
  ['deliveries', 'show'],
  ['deliveries', 'tail'],
  ['events', 'list'],
  ['events', 'show'],
  ['events', 'unmatched'],
  ['facts', 'seed'],
  ['facts', 'import'],
  ['facts', 'list'],
  ['config', 'show'],
  ['sandbox', 'bloomreach'],
  ['sandbox', 'open-loyalty'],
  ['demo'],
])('%s %s --help shows an example', async (...words) => {
  const { code, stdout } = await pointsman([...words, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples?:\n {2}(pointsman|npm run)/);
});

test('a first start without a config says what to copy and what to set', async () => {
  const { code, stdout, stderr } = await pointsman(['serve'], { cwd: dir });
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(stderr).toContain('error CONFIG_MISSING There is no config.yaml here');
  expect(stderr).toMatch(/cp .*config\.example\.yaml config\.yaml/);
  expect(stderr).toContain('export BLOOMREACH_API_SECRET=…');
});

test('validate needs neither config nor secrets, and says that all is well', async () => {
  expect(await pointsman(['validate'], { cwd: dir })).toMatchObject({ code: 0, stdout: '' });
});

test('validate shows every mistake with file, line, caret and remedy, and exits 78', async () => {
  const folder = join(dir, 'broken');
  mkdirSync(join(folder, 'mappings'), { recursive: true });
  writeFileSync(
    join(folder, 'mappings', 'bad.yaml'),
    'event: CustomerLevelChangd\nto: bloomreach.event\ntransform:\n  customer_ids: { registered: a@b.c }\n  event_type: =$upper(data.level.name)\n',
  );
  const { code, stderr } = await pointsman(['validate'], { cwd: folder });
  expect(code).toBe(78);
  expect(stderr).toContain('mappings/bad.yaml:1:8: error MAPPING_UNKNOWN_EVENT');
  expect(stderr).toContain('CustomerLevelChanged');
  expect(stderr).toContain('mappings/bad.yaml:5:');
  expect(stderr).toContain('MAPPING_UNKNOWN_FUNCTION');
  expect(stderr).toMatch(/\n\s+\^/);
});

test('validate refuses a config with every unresolved reference at once', async () => {
  const { code, stderr } = await pointsman(['validate', '-c', join(root, 'config.example.yaml')], { cwd: root });
  expect(code).toBe(78);
  expect(stderr.match(/CONFIG_UNRESOLVED/g)).toHaveLength(5);
});

test('test runs the tests of one mapping by its name', async () => {
  const { code, stdout, stderr } = await pointsman(['test', 'tier-change'], { cwd: dir });
  expect(code).toBe(0);
  expect(stdout).toContain('✓ tier-change › ');
  expect(stdout).not.toContain('points-earned');
  expect(stderr).toMatch(/\d passed, 0 failed/);
});

test('test shows what a failed test expected and got, and exits 1', async () => {
  const folder = join(dir, 'failing');
  mkdirSync(join(folder, 'mappings'), { recursive: true });
  const text = `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: tier
  properties: { tier: "=data.level.name" }
tests:
  - name: Gold
    event: ${JSON.stringify(TIER_CHANGE)}
    expect: { properties: { tier: Silver } }
  - name: look
    event: ${JSON.stringify(TIER_CHANGE)}
`;
  writeFileSync(join(folder, 'mappings', 'tier.yaml'), text);
  const { code, stdout } = await pointsman(['test'], { cwd: folder });
  expect(code).toBe(1);
  expect(stdout).toContain('✗ tier › Gold');
  expect(stdout).toContain('expected "Silver"');
  expect(stdout).toContain('got      "Gold"');
  expect(stdout).toContain('? tier › look');
});

test('preview shows the request and each formula, from a file and from standard input', async () => {
  const fromFile = await pointsman(['preview', 'tier-change', '--event', 'event.json', '-o', 'json'], { cwd: dir });
  const fromInput = await pointsman(['preview', 'tier-change', '--event', '-', '-o', 'json'], {
    cwd: dir,
    input: JSON.stringify(TIER_CHANGE),
  });
  for (const { code, stdout } of [fromFile, fromInput]) {
    expect(code).toBe(0);
    const [result] = JSON.parse(stdout);
    expect(result.outcome.requests[0]).toMatchObject({ customer_ids: { registered: 'ann@example.com' } });
    const move = { path: 'properties.levelMove', formula: expect.any(String), value: 'up', runs: 'inline' };
    expect(result.values[0]).toContainEqual(move);
  }
});

test('preview of a body that is not JSON, and of a mapping that is not there, end in one clear error', async () => {
  const notJson = await pointsman(['preview', 'tier-change', '--event', '-'], { cwd: dir, input: 'hello' });
  expect(notJson.code).toBe(1);
  expect(notJson.stderr).toContain('error SOURCE_NOT_JSON The body is not JSON');
  const missing = await pointsman(['preview', 'nothing', '--event', 'event.json'], { cwd: dir });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('There is no');
});

test('a command that does not exist is a usage error with a suggestion', async () => {
  const { code, stderr } = await pointsman(['serv'], { cwd: dir });
  expect(code).toBe(2);
  expect(stderr).toContain('serve');
});

test('config show masks the secrets', async () => {
  const env = {
    OPEN_LOYALTY_WEBHOOK_TOKEN: 'webhook-token-secret',
    BLOOMREACH_PROJECT_TOKEN: 'project-token-secret',
    BLOOMREACH_API_KEY_ID: 'key-id-secret',
    BLOOMREACH_API_SECRET: 'api-secret-secret',
    POINTSMAN_ADMIN_TOKEN: 'admin-token-secret',
  };
  const { code, stdout, stderr } = await pointsman(['config', 'show', '-c', 'config.example.yaml'], { cwd: root, env });
  expect(code).toBe(0);
  expect(stdout).toContain('port: 8080');
  expect(stdout + stderr).not.toContain('-secret\n');
  for (const secret of Object.values(env)) expect(stdout + stderr).not.toContain(secret);
});
