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
const ENTRY: Readonly<Record<string, string>> = {
  sources: 'open-loyalty',
  destinations: 'bloomreach',
  endpoints: 'member',
  headers: 'X-Team',
};
/** Settings of destinations that only the type http has. */
const OF_HTTP = ['endpoints', 'auth', 'signing', 'allowPrivate', 'allowHosts'];

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

/** A destination's settings stand under bloomreach, those that only http has under crm. */
const SETTINGS = declared([]).map((keys): Keys => {
  return keys[0] === 'destinations' && OF_HTTP.includes(keys[2] ?? '')
    ? ['destinations', 'crm', ...keys.slice(2)]
    : keys;
});
const LEAVES = SETTINGS.filter((keys) => declared(keys).length === 0 || keys.at(-1) === 'verify');
/** What the example sets; it only comments on the rest. */
const SET = LEAVES.filter((keys) => !isOfAnotherKind(keys));

function first<Key extends keyof SchemaNode>(keys: Keys, key: Key): SchemaNode[Key] | undefined {
  return nodesAt(keys).find((node) => node[key] !== undefined)?.[key];
}

/** True for a setting that the example only comments on: of another way to verify, or of a destination of type http. */
function isOfAnotherKind(keys: Keys): boolean {
  return keys[1] === 'crm' || (keys.at(-2) === 'verify' && !/^(type|name|value)$/.test(keys.at(-1) ?? ''));
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
        "destinations.crm.endpoints.member.method",
        "destinations.crm.endpoints.member.url",
        "destinations.crm.endpoints.member.headers.X-Team",
        "destinations.crm.endpoints.member.description",
        "destinations.crm.auth.type",
        "destinations.crm.auth.username",
        "destinations.crm.auth.password",
        "destinations.crm.auth.token",
        "destinations.crm.signing.type",
        "destinations.crm.signing.secret",
        "destinations.crm.allowPrivate",
        "destinations.crm.allowHosts",
      ]
    `);
  });

  it.each(
    SETTINGS.filter((keys) => !/^(open-loyalty|bloomreach|0|member)$/.test(keys.at(-1) ?? '')).map((keys) => [
      keys.join('.'),
      keys,
    ]),
  )('describes %s', (_, keys) => {
    expect(first(keys, 'description')).toMatch(/^[A-Z0-9].*\.$|^[a-z]+: .*\.$|^viewer .*\.$/);
  });

  it.each(SET.map((keys) => [keys.join('.'), keys]))('gives an example of %s that loads', (_, keys) => {
    const [example] = first(keys, 'examples') ?? [];
    const other = { OPEN_LOYALTY_API_TOKEN: 'x', OPEN_LOYALTY_URL: 'https://x.y' };
    expect(example).toBeDefined();
    expect(configOf(load(exampleWith(keys, example ?? null), { env: { ...SECRETS, ...other } }))).toBeDefined();
  });

  it.each(['hmac', 'basic'])('gives examples of every setting of %s that load together', (kind) => {
    const verify = ['sources', 'open-loyalty', 'verify'];
    const settings = LEAVES.filter(
      (keys) =>
        keys.at(-2) === 'verify' && isOfAnotherKind(keys) && /word|name$/.test(keys.join()) === (kind === 'basic'),
    );
    const examples = settings.map((keys) => [keys.at(-1) ?? '', first(keys, 'examples')?.[0] ?? null] as const);
    expect(examples.length).toBeGreaterThan(1);
    const text = exampleWith(verify, { type: kind, ...Object.fromEntries(examples) });
    expect(configOf(load(text, { env: SECRETS })).sources.get('open-loyalty')?.verify).toEqual({
      type: kind,
      ...Object.fromEntries(examples),
    });
  });

  it('gives examples of every setting of http that load together', () => {
    const of = (...keys: string[]) => first(['destinations', 'crm', ...keys], 'examples')?.[0] ?? null;
    const member = Object.fromEntries(
      ['method', 'url', 'headers', 'description'].map((key) => [key, of('endpoints', 'member', key)]),
    );
    const signing = { type: of('signing', 'type'), secret: of('signing', 'secret') };
    const lists = { allowPrivate: of('allowPrivate'), allowHosts: of('allowHosts') };
    const text = (auth: JsonObject, endpoints: Json) =>
      exampleWith(['destinations', 'crm'], { type: 'http', endpoints, auth, signing, ...lists });
    const basic = { type: 'basic', username: of('auth', 'username'), password: of('auth', 'password') };
    const bearer = { type: of('auth', 'type'), token: of('auth', 'token') };
    for (const [auth, endpoints] of [
      [basic, { member }],
      [bearer, of('endpoints')],
      [of('auth'), { member }],
    ] as const) {
      const crm = configOf(load(text(auth as JsonObject, endpoints), { env: SECRETS })).destinations.get('crm');
      expect(crm).toMatchObject({ type: 'http', auth, signing: { secrets: [signing.secret] }, ...lists });
    }
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
      'destinations.crm.endpoints.member.headers.X-Team',
      'destinations.crm.auth.password',
      'destinations.crm.auth.token',
      'destinations.crm.signing.secret',
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

  it('shows a destination of type http in a comment that loads, with its defaults', () => {
    const block = /^ {2}# crm:\n(?: {2}# {3}.*\n)+/m.exec(EXAMPLE)?.[0] ?? '';
    const { crm } = parseDocument(block.replaceAll(/^ {2}# /gm, '')).toJS() as { crm: Json };
    const { type, endpoints, auth, signing } = crm as JsonObject;
    const env = { ...SECRETS, CRM_TOKEN: 'hush', CRM_SIGNING_SECRET: `whsec_${'A'.repeat(32)}` };
    const [shown, least] = [crm, { type, endpoints, auth, signing } as Json].map((http) => {
      return configOf(load(exampleWith(['destinations', 'crm'], http), { env })).destinations.get('crm');
    });
    expect(shown).toMatchObject({ id: 'crm', auth: { type: 'bearer', token: 'hush' }, limits: { batchSize: 1 } });
    expect(shown).toEqual(least);
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
