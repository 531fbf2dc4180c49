import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/runtime/system.ts';
import { type ServerProcess, startServerProcess } from '../crash/server-process.ts';
import { mappingText } from '../runtime/reload/reload-site.ts';
import { pointsman } from './pointsman.ts';

const TOKEN = 'a-token-for-reloads';
const dir = mkdtempSync(join(tmpdir(), 'pointsman-reloads-'));
const config = join(dir, 'config.yaml');
const write = (file: string, text: string) => writeFileSync(join(dir, 'mappings', file), text);

let server: ServerProcess;
let url: string;
beforeAll(async () => {
  mkdirSync(join(dir, 'mappings'));
  writeFileSync(
    config,
    `server: { port: 0 }
api: { tokens: [{ name: test, role: viewer, token: ${TOKEN} }] }
store: { url: "sqlite:./pointsman.db" }
mappings: { dir: ./mappings, watch: false }
sources: { open-loyalty: { type: open-loyalty, verify: none } }
destinations: { bloomreach: { type: bloomreach, projectToken: p, apiKeyId: k, apiSecret: s } }
`,
  );
  write('tier.yaml', mappingText('first'));
  server = startServerProcess(config);
  url = await server.listening;
});
afterAll(async () => {
  await server.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

async function reloads(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const answer = await request(`${url}/api/v1/reloads`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return ((await answer.body.json()) as { items: Readonly<Record<string, unknown>>[] }).items;
}

test('a SIGHUP reloads where nothing is watched, and reloads shows what came of it', async () => {
  write('tier.yaml', mappingText('second'));
  write('broken.yaml', 'event: [');
  server.hangUp();
  while ((await reloads()).length < 2) await systemClock.sleep(20);
  expect((await reloads()).map(({ trigger, outcome }) => [trigger, outcome])).toEqual([
    ['signal', 'partly'],
    ['start', 'accepted'],
  ]);
  const table = await pointsman(['reloads', '-c', config]);
  expect(table).toMatchObject({ code: 0 });
  expect(table.stdout).toMatch(/^TIME +BY +OUTCOME +MAPPINGS +TESTS +MS +WHAT\n/);
  expect(table.stdout).toMatch(
    / signal +partly +1 +1 +\d+ +broken\.yaml refused: 1:9 MAPPING_YAML .*; tier\.yaml [0-9a-f]{12} → [0-9a-f]{12}\n/,
  );
  expect(table.stdout).toMatch(/ start +accepted +1 +1 +\d+ +tier\.yaml new → [0-9a-f]{12}\n/);
});

test('reloads prints what the API answers, page by page, and each receipt on a line', async () => {
  const all = await reloads();
  const json = JSON.parse((await pointsman(['reloads', '-o', 'json', '--limit', '1', '-c', config])).stdout);
  expect(json.items).toEqual(all.slice(0, 1));
  const rest = await pointsman(['reloads', '-o', 'ndjson', '--cursor', json.next, '-c', config]);
  expect(
    rest.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(all.slice(1));
});

test('reloads --help shows an example', async () => {
  expect((await pointsman(['reloads', '--help'])).stdout).toContain('Example:\n  pointsman reloads');
});
