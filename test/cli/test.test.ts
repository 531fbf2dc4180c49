import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pointsman } from './pointsman.ts';

const LONG = 'A member of the oldest tier that the programme has had since it began';
const EVENT = '{ eventName: CustomerLevelChanged, data: { customer: { email: a@b.c }, level: { name: Gold } } }';

/** A mapping whose tests are these. */
function mapping(tests: string): string {
  return `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: tier
  timestamp: 1
  properties: { tier: "=data.level.name", text: "${LONG}." }
tests:
${tests}`;
}

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pointsman-test-'));
  mkdirSync(join(dir, 'mappings'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, tests: string) => writeFileSync(join(dir, 'mappings', name), mapping(tests));
const test = (...args: readonly string[]) => pointsman(['test', ...args], { cwd: dir });

describe('test', () => {
  it('shows for each difference its path, what was expected and what came, and where the test stands', async () => {
    write(
      'tier.yaml',
      `  - name: Gold\n    event: ${EVENT}\n    expect: { properties: { tier: Silver, text: ${LONG}! } }\n`,
    );
    const { code, stdout, stderr } = await test();
    expect(code).toBe(1);
    expect(stdout).toContain('✗ tier › Gold  mappings/tier.yaml:9\n    properties.tier\n      expected "Silver"\n');
    expect(stdout).toMatch(/expected …\S.*began!"\n {6}got {6}….*began\."\n/);
    expect(stdout).not.toContain('customer_ids');
    expect(stderr).toContain('0 passed, 1 failed\n');
  });

  it('prints the result of a test without expect as an expect that passes', async () => {
    write('tier.yaml', `  - name: look\n    event: ${EVENT}\n`);
    const { code, stdout, stderr } = await test('tier');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('0 passed, 0 failed, 1 shown') });
    expect(stdout).toContain('? tier › look\n    expect:\n      customer_ids:\n        registered: a@b.c\n');
    write('tier.yaml', `  - name: look\n    event: ${EVENT}\n${stdout.split('\n').slice(1).join('\n')}`);
    expect(await test('tier')).toMatchObject({ code: 0, stdout: '✓ tier › look\n' });
  });

  it('shows the whole request on demand', async () => {
    write(
      'tier.yaml',
      `  - event: ${EVENT}\n    expect: { event_type: tier }\n  - event: ${EVENT}\n    expect: skipped\n`,
    );
    const { code, stdout } = await test('--verbose');
    expect(code).toBe(1);
    expect(stdout.match(/yielded:\n {6}customer_ids:\n {8}registered: a@b.c\n/g)).toHaveLength(2);
    expect(stdout).toContain('result\n      expected skipped\n      got      1 request\n');
  });

  it('prints JSON with counts, mismatches and outcomes', async () => {
    write('tier.yaml', `  - event: ${EVENT}\n    expect: { event_type: other }\n  - event: ${EVENT}\n`);
    const { code, stdout } = await test('-o', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: 0,
      failed: 1,
      shown: 1,
      tests: [
        {
          mapping: 'tier',
          test: 'test 1',
          file: 'mappings/tier.yaml',
          line: 9,
          status: 'failed',
          mismatches: [{ path: 'event_type', expected: '"other"', actual: '"tier"' }],
          outcome: { kind: 'requests' },
        },
        { status: 'shown', mismatches: [], outcome: { requests: [{ event_type: 'tier' }] } },
      ],
    });
    const lines = (await test('-o', 'ndjson')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).status)).toEqual(['failed', 'shown']);
  });

  it('refuses mappings with errors by showing them, and names what is not there', async () => {
    write('tier.yaml', '  - even: 1\n');
    expect(await test()).toMatchObject({ code: 78, stderr: expect.stringContaining('MAPPING_UNKNOWN_KEY') });
    expect(await test('nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no mappings/nothing.yaml'),
    });
  });

  it('says so when there is no test', async () => {
    write('tier.yaml', '  []\n');
    expect(await test()).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('No mapping here has a test'),
    });
  });
});
