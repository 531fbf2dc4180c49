import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pointsman } from '../cli/pointsman.ts';
import { type FilledStore, fillStore, levelChangesIn } from './filled-store.ts';

const EVENTS = 400;

let filled: FilledStore;
beforeAll(async () => {
  filled = await fillStore(EVENTS);
});
afterAll(() => rmSync(filled.dir, { recursive: true, force: true }));

let undo: (() => void)[] = [];
beforeEach(() => {
  for (const one of undo) one();
  undo = [];
});

/** Changes a mapping file until the next test. */
function edit(file: string, change: (text: string) => string): void {
  const path = join(filled.dir, 'mappings', file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : null;
  undo.push(() => (text === null ? rmSync(path) : writeFileSync(path, text)));
  writeFileSync(path, change(text ?? ''));
}

const diff = (...words: string[]) => pointsman(['diff', ...words, '-c', filled.configFile], { cwd: filled.dir });
async function diffJson(...words: string[]) {
  const { code, stdout, stderr } = await diff('-o', 'json', '--last', String(EVENTS), ...words);
  return { code, stderr, ...(stdout === '' ? {} : JSON.parse(stdout)) };
}
const NONE = { changed: 0, newlySent: 0, newlySkipped: 0, nowFailing: 0 };

test('nothing differs when nothing was edited, not even by a comment elsewhere', async () => {
  expect(await diffJson()).toMatchObject({ code: 0, summary: { events: EVENTS, same: 400, ...NONE }, changes: [] });
});

test('a renamed field differs in exactly the deliveries of its mapping, field by field', async () => {
  edit('tier-change.yaml', (text) => text.replaceAll('tier_name:', 'tier:'));
  const { code, summary, changes } = await diffJson();
  const affected = levelChangesIn(EVENTS);
  expect({ code, summary }).toEqual({
    code: 3,
    summary: { events: EVENTS, same: 400 - affected, ...NONE, changed: affected },
  });
  expect(new Set(changes.map(({ eventId }: { eventId: string }) => eventId)).size).toBe(affected);
  for (const change of changes) {
    expect(change).toMatchObject({ kind: 'changed', mapping: 'tier-change', event: 'CustomerLevelChanged', part: 0 });
    expect(change.fields).toEqual([
      { path: 'properties.tier_name', before: 'Gold' },
      { path: 'properties.tier', after: 'Gold' },
    ]);
  }
});

test('recalled facts are those of then', async () => {
  edit('points-expiring.yaml', (text) => text.replaceAll('wallet_code:', 'wallet:'));
  const { summary, changes } = await diffJson('points-expiring');
  expect(summary).toMatchObject({ ...NONE, changed: levelChangesIn(EVENTS) });
  expect(changes[0].fields).toContainEqual({ path: 'properties.wallet', after: 'default' });
});

test('what is newly sent, newly skipped and now failing is told apart', async () => {
  edit('new.yaml', () => NEW);
  edit('tier-change.yaml', (text) =>
    text.replace(/^when: .*$/m, 'when: data.level.levelMoveUp').replace(/^tests:[\s\S]*/m, ''),
  );
  edit('downgrade-risk.yaml', (text) =>
    text.replace('tier_name: =data.levelName', 'tier_name: =$toSeconds(data.levelName)').replace(/^tests:[\s\S]*/m, ''),
  );
  const { code, summary, changes, stderr } = await diffJson();
  expect({ code, summary, stderr }).toMatchObject({
    code: 3,
    summary: { same: 240 + 40, changed: 0, newlySent: 80, newlySkipped: 40, nowFailing: 80 },
  });
  const failing = changes.find(({ kind }: { kind: string }) => kind === 'nowFailing');
  expect(failing).toMatchObject({ before: { standing: 'sent' }, after: { standing: 'failing' } });
  expect(failing.after.why).toContain('TRANSFORM_ERROR: properties.tier_name');
});

test('switching to shadow and removing a file no longer send', async () => {
  edit('tier-change.yaml', (text) => `${text.replace(/^to:/m, 'mode: shadow\nto:')}`);
  expect((await diffJson('tier-change')).summary).toMatchObject({ ...NONE, newlySkipped: 80 });
  const path = join(filled.dir, 'mappings', 'downgrade-risk.yaml');
  const text = readFileSync(path, 'utf8');
  undo.push(() => writeFileSync(path, text));
  rmSync(path);
  expect((await diffJson()).summary).toMatchObject({ ...NONE, newlySkipped: 160 });
});

test('for people: counts first, then the fields, then as many samples as they want', async () => {
  edit('tier-change.yaml', (text) => text.replaceAll('tier_name:', 'tier:'));
  const { code, stdout, stderr } = await diff('tier-change', '--samples', '2', '--since', '7d');
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  expect(stdout).toMatch(/^400 events, compared with what is live\n {2}same +0\n {2}changed +80 {2}tier-change 80\n/);
  expect(stdout).toContain('tier-change  properties.tier_name  80×');
  expect(stdout).toContain('Samples (2 of 80)');
  expect(stdout.match(/ {2}\+ properties\.tier: "Gold"/g)).toHaveLength(2);
});

test('a failing test is said after the differences, and ends with 78', async () => {
  edit('tier-change.yaml', (text) => text.replace('tier_name: =', 'tier: ='));
  const { code, stdout, stderr } = await diff('tier-change');
  expect(code).toBe(78);
  expect(stdout).toContain('tier-change 80');
  expect(stderr).toContain('MAPPING_TEST_FAILED');
});

test('an edited file with errors is not compared', async () => {
  edit('tier-change.yaml', (text) => text.replace('$toSeconds', '$toSecond'));
  const { code, stdout, stderr } = await diff();
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(stderr).toContain('MAPPING_UNKNOWN_FUNCTION');
});

test('a formula that never ends is failing, and ends', async () => {
  edit('tier-change.yaml', (text) =>
    text
      .replace(/tier_name: =.*/, 'tier_name: =($f := function($n) { $f($n + 1) }; $f(0))')
      .replace(/^tests:[\s\S]*/m, ''),
  );
  expect((await diffJson('tier-change')).summary).toMatchObject({ ...NONE, nowFailing: 80 });
});

test('nothing is written', async () => {
  edit('tier-change.yaml', (text) => text.replaceAll('tier_name:', 'tier:'));
  const database = join(filled.dir, 'data', 'pointsman.db');
  const before = statSync(database);
  await diffJson();
  expect(statSync(database)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
});

test.each([
  ['--last', '0'],
  ['--last', 'ten'],
  ['--since', 'yesterday'],
])('%s %s is a usage error', async (...words) => {
  expect(await diff(...words)).toMatchObject({ code: 2, stdout: '' });
});

const NEW = `
event: S*
to: bloomreach.event
transform:
  customer_ids: { registered: somebody }
  event_type: something
  properties: { event_id: "=$eventId()" }
`;
