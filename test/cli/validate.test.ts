import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pointsman } from './pointsman.ts';

const GOOD = `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: tier # as the campaign expects it
  properties: { event_id: "=$eventId()" }
`;
const SLIPS = GOOD.replace('CustomerLevelChanged', 'CustomerLevelChangd').replace(
  '"=data.customer.email"',
  '=data.customer.email',
);
const HOPELESS = `${GOOD}mode: 7\n`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pointsman-validate-'));
  mkdirSync(join(dir, 'mappings'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(dir, 'mappings', name), text);
const read = (name: string) => readFileSync(join(dir, 'mappings', name), 'utf8');
const validate = (...args: readonly string[]) => pointsman(['validate', ...args], { cwd: dir });

describe('validate', () => {
  it('prints every finding as JSON, by file and line, and exits 78', async () => {
    write('b.yaml', SLIPS);
    write('a.yaml', HOPELESS);
    write('c.yaml', GOOD);
    const { code, stdout, stderr } = await validate('-o', 'json');
    expect({ code, stderr }).toMatchObject({ code: 78, stderr: expect.not.stringContaining('MAPPING') });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ files: 3, mappings: 1, errors: 3, warnings: 0, fixes: [] });
    expect(
      result.lints.map((lint: { file: string; line: number; column: number; code: string }) => {
        return `${lint.file}:${lint.line}:${lint.column} ${lint.code}`;
      }),
    ).toEqual([
      'mappings/a.yaml:7:7 MAPPING_INVALID',
      'mappings/b.yaml:1:8 MAPPING_UNKNOWN_EVENT',
      'mappings/b.yaml:4:31 MAPPING_YAML_FLOW',
    ]);
  });

  it('prints one finding a line as NDJSON, and counts on stderr', async () => {
    write('b.yaml', SLIPS);
    const { stdout, stderr } = await validate('-o', 'ndjson');
    const codes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).code);
    expect(codes).toEqual(['MAPPING_UNKNOWN_EVENT', 'MAPPING_YAML_FLOW']);
    expect(stderr).toContain('2 errors, 0 warnings in 1 file; pointsman validate --fix repairs up to 2');
  });

  it('checks a mapping by its name', async () => {
    write('good.yaml', GOOD);
    write('bad.yaml', SLIPS);
    expect(await validate('good')).toMatchObject({ code: 0, stderr: expect.stringContaining('1 mapping in 1 file') });
  });
});

describe('validate --fix', () => {
  it('repairs what has one remedy, shows the difference, and keeps comments, line ends, BOM and mode', async () => {
    write('a.yaml', `\uFEFF${SLIPS.replaceAll('\n', '\r\n')}`);
    chmodSync(join(dir, 'mappings', 'a.yaml'), 0o640);
    const { code, stdout, stderr } = await validate('--fix');
    expect(code).toBe(0);
    expect(read('a.yaml')).toBe(`\uFEFF${GOOD.replaceAll('\n', '\r\n')}`);
    expect(statSync(join(dir, 'mappings', 'a.yaml')).mode & 0o777).toBe(0o640);
    expect(stdout).toContain('--- mappings/a.yaml\n+++ mappings/a.yaml\n@@ -1,6 +1,6 @@\n');
    expect(stdout).toContain('-event: CustomerLevelChangd\n+event: CustomerLevelChanged\n');
    expect(stderr).toContain('repaired 2 findings in mappings/a.yaml');
    expect(await validate('--fix')).toMatchObject({ code: 0, stdout: '' });
  });

  it('with --dry-run shows the difference, writes nothing, and still exits 78', async () => {
    write('a.yaml', SLIPS);
    const { code, stdout, stderr } = await validate('--dry-run', '-o', 'json');
    expect(code).toBe(78);
    expect(stderr).toBe('no config.yaml: checking against open-loyalty and bloomreach\n');
    expect(JSON.parse(stdout).fixes).toMatchObject([{ file: 'mappings/a.yaml', written: false, refused: null }]);
    expect(read('a.yaml')).toBe(SLIPS);
  });

  it('leaves a file that nothing safe can repair, and still repairs the others', async () => {
    write('a.yaml', HOPELESS);
    write('b.yaml', SLIPS);
    const { code, stderr } = await validate('--fix');
    expect(code).toBe(78);
    expect(stderr).toContain('mappings/a.yaml:7:7: error MAPPING_INVALID');
    expect(read('a.yaml')).toBe(HOPELESS);
    expect(read('b.yaml')).toBe(GOOD);
  });

  it('leaves a file whose test would fail then', async () => {
    const text = `${SLIPS}tests:
  - event: { eventName: CustomerLevelChanged, data: { customer: { email: a@b.c } } }
    expect: { event_type: another }
`;
    write('a.yaml', text);
    const { code, stderr } = await validate('--fix');
    expect(code).toBe(78);
    expect(stderr).toMatch(/left as it is mappings\/a.yaml: the rewrite would bring line 8: MAPPING_TEST_FAILED/);
    expect(read('a.yaml')).toBe(text);
  });

  it('never writes a read-only file, and still repairs the others', async () => {
    write('a.yaml', SLIPS);
    write('b.yaml', SLIPS);
    chmodSync(join(dir, 'mappings', 'a.yaml'), 0o444);
    const { code, stderr } = await validate('--fix');
    expect(code).toBe(78);
    expect(stderr).toMatch(/left as it is mappings\/a.yaml: MAPPING_UNWRITABLE Cannot write .*: it is read-only/);
    expect(read('a.yaml')).toBe(SLIPS);
    expect(read('b.yaml')).toBe(GOOD);
  });
});
