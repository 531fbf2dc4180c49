import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Completion, type LanguageServer, startLanguageServer } from './language-server.ts';

const MAPPING = resolve('mappings/written-now.yaml');
const MAPPING_HEAD = '# yaml-language-server: $schema=../schemas/mapping.schema.json\n';
const CONFIG = resolve('written-now.yaml');
const CONFIG_HEAD = '# yaml-language-server: $schema=./schemas/config.schema.json\n';

let server: LanguageServer;
beforeAll(async () => {
  server = await startLanguageServer();
});
afterAll(() => server.stop());

const inMapping = (text: string) => server.complete(MAPPING, MAPPING_HEAD + text);
const inConfig = (text: string) => server.complete(CONFIG, CONFIG_HEAD + text);
const labels = (offered: readonly Completion[]) => offered.map(({ label }) => label);

describe('an editor with the YAML extension, in a mapping', () => {
  it('completes the names of events, and says what they mean', async () => {
    const offered = await inMapping('event: Points¦\n');
    expect(labels(offered)).toEqual(expect.arrayContaining(['PointsWillExpire', 'CustomerLevelChanged', 'Customer*']));
    const expiring = offered.find(({ label }) => label === 'PointsWillExpire');
    expect(expiring).toMatchObject({
      insertText: 'PointsWillExpire',
      documentation: 'Points of a member expire soon.',
    });
    expect(labels(await inMapping('event:\n  - ¦\n'))).toContain('LevelWillExpire');
  });

  it.each([
    ['endpoints', 'to: ¦', ['bloomreach.event', 'bloomreach.customer']],
    ['keys that are not there yet', 'event: PointsWillExpire\n¦', ['when', 'to', 'transform', 'tests', 'mode']],
    ['keys of the request', 'transform:\n  ¦', ['customer_ids', 'event_type', 'timestamp', 'properties']],
    ['functions', 'transform:\n  properties:\n    a: ¦', ['=$eventId()', '=$toSeconds(createdAt)']],
    ['keys of a test', 'tests:\n  - ¦', ['name', 'event', 'recall', 'at', 'expect']],
    ['what a test may expect', 'tests:\n  - expect: ¦', ['skipped', 'waiting']],
    ['words', 'onAmbiguous: ¦', ['resend', 'hold']],
  ])('completes %s', async (_, text, expected) => {
    expect(labels(await inMapping(text))).toEqual(expect.arrayContaining(expected));
  });

  it('underlines a key that does not exist and an event that nobody sends', async () => {
    const text = 'event: CustomerLevelChangd\nto: bloomreach.event\ntransform: {}\nwhem: true\n';
    const found = await server.diagnose(MAPPING, MAPPING_HEAD + text);
    expect(found.map(({ range }) => range.start)).toEqual(
      expect.arrayContaining([
        { line: 1, character: 7 },
        { line: 4, character: 0 },
      ]),
    );
    expect(found.map(({ message }) => message).join('\n')).toContain('Property whem is not allowed');
  });

  it('explains a key under the mouse', async () => {
    expect(await server.hover(MAPPING, `${MAPPING_HEAD}wh¦en: data.up\n`)).toContain('The condition: a formula.');
  });

  it('finds nothing in the shipped mappings', async () => {
    const files = readdirSync('mappings').map((name) => resolve('mappings', name));
    const found = await Promise.all(files.map((file) => server.diagnose(file, readFileSync(file, 'utf8'))));
    expect(found.flat()).toEqual([]);
  });
});

describe('an editor with the YAML extension, in the config', () => {
  it.each([
    ['sections', '¦', ['server', 'sources', 'destinations']],
    ['a whole destination', 'destinations:\n  ¦', ['bloomreach', 'http']],
    ['the type of a destination', 'destinations:\n  crm:\n    ¦', ['type']],
    ['types of destinations', 'destinations:\n  crm:\n    type: ¦', ['bloomreach', 'http']],
    [
      'settings of bloomreach',
      'destinations:\n  crm:\n    type: bloomreach\n    ¦',
      ['projectToken', 'rateLimit', 'breaker'],
    ],
    [
      'settings of http',
      'destinations:\n  crm:\n    type: http\n    ¦',
      ['endpoints', 'auth', 'signing', 'allowPrivate'],
    ],
    ['ways to prove who calls', 'destinations:\n  crm:\n    type: http\n    auth:\n      type: ¦', ['basic', 'bearer']],
    ['ways to verify', 'sources:\n  open-loyalty:\n    verify: ¦', ['header', 'hmac', 'basic', 'none']],
    ['roles', 'api:\n  tokens:\n    - role: ¦', ['viewer', 'editor', 'admin']],
    ['durations', 'store:\n  retention: ¦', ['90d']],
  ])('completes %s', async (_, text, expected) => {
    expect(labels(await inConfig(text))).toEqual(expect.arrayContaining(expected));
  });

  it('finds nothing in the example', async () => {
    expect(await server.diagnose(CONFIG, CONFIG_HEAD + readFileSync('config.example.yaml', 'utf8'))).toEqual([]);
  });

  it('underlines a setting that does not exist', async () => {
    const found = await server.diagnose(CONFIG, `${CONFIG_HEAD}server: { prot: 1 }\nsources: {}\ndestinations: {}\n`);
    expect(found.map(({ message }) => message)).toContain('Property prot is not allowed.');
  });
});
