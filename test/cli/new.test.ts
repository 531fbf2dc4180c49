import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pointsman } from './pointsman.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pointsman-new-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = (...words: string[]) => pointsman(words, { cwd: dir });

test('a new mapping sends nothing yet, validates, and its test passes', async () => {
  expect(await run('new', 'coupon-reminder', '--event', 'CouponWillExpire')).toMatchObject({
    code: 0,
    stdout: 'mappings/coupon-reminder.yaml\n',
  });
  expect(await run('validate', 'mappings/coupon-reminder.yaml')).toMatchObject({ code: 0 });
  expect(readFileSync(join(dir, 'mappings', 'coupon-reminder.yaml'), 'utf8')).toContain('\nmode: shadow\n');
  const tested = await run('test', 'coupon-reminder');
  expect(tested.stderr).toContain('1 passed, 0 failed');
});

test('a file that is there is kept, unless force is used', async () => {
  await run('new', 'twice', '--event', 'LevelWillExpire');
  const refused = await run('new', 'twice', '--event', 'RewardCreated');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--force writes over it');
  expect(readFileSync(join(dir, 'mappings', 'twice.yaml'), 'utf8')).toContain('event: LevelWillExpire');
  expect(await run('new', 'twice', '--event', 'RewardCreated', '--force')).toMatchObject({ code: 0 });
  expect(readFileSync(join(dir, 'mappings', 'twice.yaml'), 'utf8')).toContain('event: RewardCreated');
});

test('another file gets the name as its id; a dash prints instead', async () => {
  await run('new', 'downgrade', '--event', 'LevelWillExpire', '-o', 'drafts/first.yaml');
  expect(readFileSync(join(dir, 'drafts', 'first.yaml'), 'utf8')).toContain('\nid: downgrade\n');
  const printed = await run('new', 'downgrade', '--event', 'LevelWillExpire', '-o', '-');
  expect(printed.stdout).toContain('\nevent: LevelWillExpire\n');
});

test.each([
  [['new', 'Big Name', '--event', 'LevelWillExpire'], 'is no name'],
  [['new', 'a', '--event', 'LevelWillExpir'], 'did you mean LevelWillExpire?'],
  [['new', 'a'], 'Give --event or --from-event'],
  [['new', 'a', '--event', 'LevelWillExpire', '--from-event', 'evt_1'], 'Give --event or --from-event'],
])('%j is a usage error', async (words, why) => {
  const { code, stderr } = await run(...words);
  expect(code).toBe(2);
  expect(stderr).toContain(why);
});

test('a mapping that is not there is told apart by the name that is close', async () => {
  await run('new', 'big-points', '--event', 'UnitsTransferWasAdded');
  const { code, stderr } = await run('validate', 'big-point');
  expect(code).toBe(2);
  expect(stderr).toContain('There is no mappings/big-point.yaml; did you mean big-points?');
});
