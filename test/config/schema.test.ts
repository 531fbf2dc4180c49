import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { hasReferences } from '../../src/config/interpolate.ts';
import { isQuantity } from '../../src/config/quantity.ts';
import { isSecretAt, nodesAt, type SchemaNode } from '../../src/config/schema.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { configOf, load } from './input.ts';

const FILE = readFileSync('schemas/config.schema.json', 'utf8');
const EXAMPLE = readFileSync('config.example.yaml', 'utf8');
const SECRETS = {
  OPEN_LOYALTY_WEBHOOK_TOKEN: 'hush',
  BLOOMREACH_PROJECT_TOKEN: 'hush',
  BLOOMREACH_API_KEY_ID: 'hush',
  BLOOMREACH_API_SECRET: 'hush',
  POINTSMAN_ADMIN_TOKEN: 'hush-hush-hush-hush',
};

type Keys = readonly string[];

/** Where the settings of a named entry stand in the example. */
const ENTRY: Readonly<Record<string, string>> = { sources: 'open-loyalty', destinations: 'bloomreach' };

/** The keys of every setting that the schema declares, those of groups included. */
function declared(keys: Keys): readonly Keys[] {
  const nodes = nodesAt(keys);
  const named = nodes.flatMap((node) => Object.keys(node.properties ?? {}));
  const entry = nodes.some((node) => typeof node.additionalProperties === 'object')
    ? ENTRY[keys.at(-1) ?? '']
    : undefined;
  const inner = nodes.some((node) => node.items?.$ref === '#/$defs/apiToken') ? '0' : undefined;
  const children = [...new Set(named), entry, inner].filter((key) => key !== undefined);
  return children.flatMap((key) => [[...keys, key], ...declared([...keys, key])]);
}

const SETTINGS = declared([]);
const LEAVES = SETTINGS.filter((keys) => declared(keys).length === 0 || keys.at(-1) === 'verify');

function first<Key extends keyof SchemaNode>(keys: Keys, key: Key): SchemaNode[Key] | undefined {
  return nodesAt(keys).find((node) => node[key] !== undefined)?.[key];
}

/** True for a setting of a way to verify that the example only comments on. */
function isOfAnotherKind(keys: Keys): boolean {
  return keys.at(-2) === 'verify' && !/^(type|name|value)$/.test(keys.at(-1) ?? '');
}

/** A config that sets only this: everything around it as the example has it. */
function exampleWith(keys: Keys, value: Json): string {
  const document = parseDocument(EXAMPLE);
  document.setIn([...keys], value);
  return document.toString();
}

describe('the schema', () => {
  it('declares the settings of the contract', () => {
    expect(LEAVES.map((keys) => keys.join('.'))).toMatchInlineSnapshot(`
      [
        "server.host",
        "server.port",
        "server.bodyLimit",
        "api.tokens.0.name",
        "api.tokens.0.role",
        "api.tokens.0.token",
        "store.url",
        "store.retention",
        "mappings.dir",
        "mappings.watch",
        "mappings.memberId",
        "transform.deadline",
        "transform.workers",
        "redact",
        "sources.open-loyalty.type",
        "sources.open-loyalty.verify",
        "sources.open-loyalty.verify.type",
        "sources.open-loyalty.verify.name",
        "sources.open-loyalty.verify.value",
        "sources.open-loyalty.verify.url",
        "sources.open-loyalty.verify.secrets",
        "sources.open-loyalty.verify.keyEncoding",
        "sources.open-loyalty.verify.hostWithPort",
        "sources.open-loyalty.verify.pathWithQuery",
        "sources.open-loyalty.verify.username",
        "sources.open-loyalty.verify.password",
        "sources.open-loyalty.api.url",
        "sources.open-loyalty.api.token",
        "destinations.bloomreach.type",
        "destinations.bloomreach.baseUrl",
        "destinations.bloomreach.projectToken",
        "destinations.bloomreach.apiKeyId",
        "destinations.bloomreach.apiSecret",
        "destinations.bloomreach.timeout",
        "destinations.bloomreach.rateLimit",
        "destinations.bloomreach.concurrency",
        "destinations.bloomreach.batch.size",
        "destinations.bloomreach.batch.linger",
        "destinations.bloomreach.retry.quick",
        "destinations.bloomreach.retry.schedule",
        "destinations.bloomreach.retry.jitter",
        "destinations.bloomreach.retry.giveUpAfter",
        "destinations.bloomreach.breaker.failures",
        "destinations.bloomreach.breaker.probe",
      ]
    `);
  });

  it.each(
    SETTINGS.filter((keys) => !/^(open-loyalty|bloomreach|0)$/.test(keys.at(-1) ?? '')).map((keys) => [
      keys.join('.'),
      keys,
    ]),
  )('describes %s', (_, keys) => {
    expect(first(keys, 'description')).toMatch(/^[A-Z0-9].*\.$|^[a-z]+: .*\.$|^viewer .*\.$/);
  });

  it.each(LEAVES.filter((keys) => !isOfAnotherKind(keys)).map((keys) => [keys.join('.'), keys]))(
    'gives an example of %s that loads',
    (_, keys) => {
      const [example] = first(keys, 'examples') ?? [];
      const other = { OPEN_LOYALTY_API_TOKEN: 'x', OPEN_LOYALTY_URL: 'https://x.y' };
      expect(example).toBeDefined();
      expect(configOf(load(exampleWith(keys, example ?? null), { env: { ...SECRETS, ...other } }))).toBeDefined();
    },
  );

  it.each(['hmac', 'basic'])('gives examples of every setting of %s that load together', (kind) => {
    const verify = ['sources', 'open-loyalty', 'verify'];
    const settings = LEAVES.filter(
      (keys) => isOfAnotherKind(keys) && /word|name$/.test(keys.join()) === (kind === 'basic'),
    );
    const examples = settings.map((keys) => [keys.at(-1) ?? '', first(keys, 'examples')?.[0] ?? null] as const);
    expect(examples.length).toBeGreaterThan(1);
    const text = exampleWith(verify, { type: kind, ...Object.fromEntries(examples) });
    expect(configOf(load(text, { env: SECRETS })).sources.get('open-loyalty')?.verify).toEqual({
      type: kind,
      ...Object.fromEntries(examples),
    });
  });

  it('marks what is a secret', () => {
    const secrets = LEAVES.filter(isSecretAt).map((keys) => keys.join('.'));
    expect(secrets).toEqual([
      'api.tokens.0.token',
      'sources.open-loyalty.verify.value',
      'sources.open-loyalty.verify.secrets',
      'sources.open-loyalty.verify.password',
      'sources.open-loyalty.api.token',
      'destinations.bloomreach.projectToken',
      'destinations.bloomreach.apiKeyId',
      'destinations.bloomreach.apiSecret',
    ]);
  });

  it('has patterns for editors that agree with what the parsers read', () => {
    const { $defs } = JSON.parse(FILE) as { $defs: Record<string, { anyOf?: { pattern: string }[] }> };
    const texts = [
      '1ms',
      '5s',
      '0h',
      '3d',
      '1b',
      '64kb',
      '2gb',
      '80/s',
      '6000/m',
      '1',
      's',
      '-1s',
      '1.5s',
      '1 s',
      '1S',
      '8/h',
      '',
    ];
    for (const kind of ['duration', 'size', 'rate'] as const) {
      const pattern = new RegExp($defs[kind]?.anyOf?.[0]?.pattern ?? '^$');
      for (const text of texts) expect([text, pattern.test(text)]).toEqual([text, isQuantity({ kind }, text)]);
    }
  });
});

describe('config.example.yaml', () => {
  const document = parseDocument(EXAMPLE);
  const written = document.toJS() as JsonObject;

  it('loads as it is, with five variables set', () => {
    const config = configOf(load(EXAMPLE, { env: SECRETS }));
    expect(config.destinations.get('bloomreach')).toMatchObject({ projectToken: 'hush', apiSecret: 'hush' });
    expect(config.api.tokens).toEqual([{ name: 'ops', role: 'admin', token: 'hush-hush-hush-hush' }]);
  });

  it('names those five when they are not set, and needs none offline', () => {
    const loaded = load(EXAMPLE);
    expect(loaded.lints.map((lint) => /variable (\w+)/.exec(lint.message)?.[1]).sort()).toEqual(
      Object.keys(SECRETS).sort(),
    );
    expect(load(EXAMPLE, { unresolved: 'placeholder' }).ok).toBe(true);
  });

  it.each(LEAVES.map((keys) => [keys.join('.'), keys]))('shows %s', (_, keys) => {
    const key = keys.at(-1) ?? '';
    const isThere = document.hasIn([...keys]) || new RegExp(`^ *# .*\\b${key}: `, 'm').test(EXAMPLE);
    expect(isThere).toBe(true);
  });

  it('shows signatures in a comment that loads, with every default', () => {
    const block = /^ {4}# verify:\n(?: {4}# {3}.*\n)+/m.exec(EXAMPLE)?.[0] ?? '';
    const { verify } = parseDocument(block.replaceAll(/^ {4}# /gm, '')).toJS() as { verify: Json };
    const secret = `whsec_${'0'.repeat(64)}`;
    const env = { ...SECRETS, OL_SECRET_1: secret, OL_SECRET_2: secret };
    const text = exampleWith(['sources', 'open-loyalty', 'verify'], verify);
    expect(configOf(load(text, { env })).sources.get('open-loyalty')?.verify).toEqual({
      type: 'hmac',
      url: 'https://loyalty.example.com/webhooks/open-loyalty',
      secrets: [secret, secret],
      keyEncoding: 'auto',
      hostWithPort: false,
      pathWithQuery: false,
    });
  });

  it('explains every setting in the line above it', () => {
    const lines = EXAMPLE.split('\n');
    const bare = lines.filter(
      (line, index) => /^ +(- )?[\w-]+:( |$)/.test(line) && !/^ *#/.test(lines[index - 1] ?? ''),
    );
    expect(bare).toEqual([]);
  });

  it('gives every setting its default', () => {
    const defaults = load(withoutDefaults(), { env: SECRETS });
    const all = load(EXAMPLE, { env: SECRETS });
    expect(configOf(all)).toEqual(configOf(defaults));
  });

  it('takes every secret from the environment', () => {
    for (const keys of LEAVES.filter((keys) => isSecretAt(keys) && document.hasIn([...keys]))) {
      expect(hasReferences(String(document.getIn([...keys])))).toBe(true);
    }
  });

  it('is what an editor accepts before anything is replaced', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    const valid = ajv.compile(JSON.parse(FILE) as JsonObject);
    valid(written);
    expect(valid.errors).toBeNull();
  });

  /** The example less every setting that has a default, but for the API's token. */
  function withoutDefaults(): string {
    const rest = parseDocument(EXAMPLE);
    const optional = SETTINGS.filter((keys) => first(keys, 'default') !== undefined && keys[0] !== 'api');
    // A group that is gone has taken its settings along.
    for (const keys of optional) if (rest.hasIn([...keys])) rest.deleteIn([...keys]);
    expect(isJsonObject(rest.toJS())).toBe(true);
    return rest.toString();
  }
});
