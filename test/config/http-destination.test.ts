import { describe, expect, it } from 'vitest';
import { configOf, findings, load, SMALLEST } from './input.ts';

const SECRET = `whsec_${'A'.repeat(32)}`;

/** A config with a destination of type http. */
function withHttp(settings: string, url = 'https://crm.example.com/members/{id}?a=1'): string {
  const lines = `type: http\nendpoints: { member: { method: POST, url: "${url}"${settings.startsWith(',') ? settings.split('\n')[0] : ''} } }`;
  const rest = settings.startsWith(',') ? settings.split('\n').slice(1).join('\n') : settings;
  return `${SMALLEST}  crm:\n${[...lines.split('\n'), ...rest.split('\n')].map((line) => `    ${line}`).join('\n')}\n`;
}

const faults = (text: string) => findings(load(text)).map((line) => line.replace(/^\d+:\d+ /, ''));

describe('a destination of type http', () => {
  it('gets every default', () => {
    expect(configOf(load(withHttp(''))).destinations.get('crm')).toMatchObject({
      id: 'crm',
      type: 'http',
      endpoints: new Map([
        ['member', { method: 'POST', url: 'https://crm.example.com/members/{id}?a=1', headers: {}, description: '' }],
      ]),
      auth: { type: 'none' },
      signing: null,
      allowPrivate: false,
      allowHosts: [],
      timeoutMs: 10_000,
      limits: { ratePerSecond: 20, concurrency: 8, batchSize: 1, lingerMs: 0, breakerFailures: 10, probeMs: 30_000 },
      retry: { quick: 2 },
    });
  });

  it('takes one signing secret, or several while it changes', () => {
    const signing = (secret: string) => {
      const crm = configOf(load(withHttp(`signing: { type: standard-webhooks, secret: ${secret} }`))).destinations.get(
        'crm',
      );
      return crm?.type === 'http' ? crm.signing?.secrets : null;
    };
    expect(signing(SECRET)).toEqual([SECRET]);
    expect(signing(`[${SECRET}, whsec_${'B'.repeat(43)}=]`)).toEqual([SECRET, `whsec_${'B'.repeat(43)}=`]);
  });

  it.each([
    ['auth: { type: bearer, token: hush-hush }', 'hush-hush'],
    ['auth: { type: basic, username: u, password: hush-hush }', 'hush-hush'],
    [`signing: { type: standard-webhooks, secret: ${SECRET} }`, SECRET],
    [`signing: { type: standard-webhooks, secret: [${SECRET}] }`, SECRET],
    [', headers: { X-Api-Key: hush-hush }', 'hush-hush'],
  ])('shows no secret: %s', (settings, secret) => {
    const loaded = load(withHttp(settings));
    expect(loaded.ok && loaded.shown).toContain('********');
    expect(loaded.ok && loaded.shown).not.toContain(secret);
  });

  it.each([
    [
      'projectToken: x',
      'CONFIG_UNKNOWN_KEY Unknown key "projectToken" in destinations.crm: it belongs to another type',
    ],
    ['batch: { size: 5 }', 'CONFIG_UNKNOWN_KEY Unknown key "batch" in destinations.crm: it belongs to another type'],
    [
      'alowPrivate: true',
      'CONFIG_UNKNOWN_KEY Unknown key "alowPrivate" in destinations.crm; did you mean "allowPrivate"?',
    ],
    [
      ', metod: x',
      'CONFIG_UNKNOWN_KEY Unknown key "metod" in destinations.crm.endpoints.member; did you mean "method"?',
    ],
    ['auth: { type: digest }', 'CONFIG_INVALID destinations.crm.auth.type must be basic, bearer or none, not "digest"'],
    ['auth: { type: basic, username: u }', 'CONFIG_INVALID destinations.crm.auth.password is missing'],
    ['auth: { type: bearer, token: "" }', 'CONFIG_INVALID destinations.crm.auth.token is empty'],
    [
      'auth: { type: none, token: x }',
      'CONFIG_UNKNOWN_KEY Unknown key "token" in destinations.crm.auth: it belongs to another type',
    ],
    ['signing: { type: standard-webhooks }', 'CONFIG_INVALID destinations.crm.signing.secret is missing'],
    [
      'signing: { type: standard-webhooks, secret: whsec_short }',
      'CONFIG_INVALID destinations.crm.signing.secret must be a secret such as whsec_ and what openssl rand -base64 32 prints, or a list of these, not what it is (not shown: it is a secret)',
    ],
    [
      ', headers: { Host: x }',
      'CONFIG_INVALID destinations.crm.endpoints.member.headers: Host is set by Pointsman alone',
    ],
    [
      ', headers: { "webhook-id": x }',
      'CONFIG_INVALID destinations.crm.endpoints.member.headers: webhook-id is set by Pointsman alone',
    ],
    [
      ', headers: { Authorization: x }\nauth: { type: bearer, token: t }',
      'CONFIG_INVALID destinations.crm.endpoints.member.headers: Authorization is set by Pointsman alone',
    ],
    [
      ', headers: { "a b": x }',
      'CONFIG_INVALID destinations.crm.endpoints.member.headers: "a b" is no name of a header',
    ],
    [
      ', headers: { a: "x\\r\\nb: c" }',
      'CONFIG_INVALID destinations.crm.endpoints.member.headers.a must be printable ASCII text, not what it is (not shown: it is a secret)',
    ],
  ])('refuses %s', (settings, expected) => {
    expect(faults(withHttp(settings))).toEqual([expected]);
  });

  it('lets a credential of another kind stand in a header', () => {
    expect(faults(withHttp(', headers: { Authorization: "ApiKey x" }'))).toEqual([]);
  });

  it.each([
    'crm.example.com/x',
    'ftp://crm.example.com/x',
    'https://{host}/x',
    'https://crm.example.com:{port}/x',
    'https://user:pw@crm.example.com/x',
    'https://crm.example.com/x#y',
    'https://crm.example.com/{a b}',
    'https://crm.example.com/{',
    'https://crm.example.com/x?q={id}',
    'https://crm.example.com/a b',
  ])('refuses the url %s', (url) => {
    const found = faults(withHttp('', url));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^CONFIG_INVALID destinations\.crm\.endpoints\.member\.url must be an address such as/);
    expect(found[0]).not.toContain('user:pw');
  });

  it.each([
    '127.0.0.1',
    '10.0.0.5',
    '2130706433',
    '0x7f.1',
    '[::1]',
    '[::ffff:169.254.169.254]',
    'localhost',
    'api.localhost',
  ])('refuses the private address %s unless it is allowed', (host) => {
    const url = `https://${host}/x`;
    const found = faults(withHttp('', url));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      /^CONFIG_INSECURE destinations\.crm\.endpoints\.member\.url leads to .*, a private address$/,
    );
    expect(faults(withHttp('allowPrivate: true', url))).toEqual([]);
    expect(faults(withHttp(`allowHosts: ["${new URL(url).hostname}"]`, url))).toEqual([]);
  });

  it('warns of an address in clear', () => {
    expect(faults(withHttp('', 'http://crm.example.com/x'))).toEqual([
      "warning CONFIG_INSECURE destinations.crm.endpoints.member.url is not https: credentials and members' data travel in clear",
    ]);
  });

  it('asks for a type that there is', () => {
    expect(faults(`${SMALLEST}  crm: { type: soap }\n`)).toEqual([
      'CONFIG_INVALID destinations.crm.type must be bloomreach or http, not "soap"',
    ]);
    expect(faults(`${SMALLEST}  crm: { }\n`)).toEqual(['CONFIG_INVALID destinations.crm.type is missing']);
    expect(faults(`${SMALLEST}  crm: { type: http, endpoints: {} }\n`)).toEqual([
      'CONFIG_INVALID destinations.crm.endpoints must hold at least one entry',
    ]);
  });

  it('loads with placeholders for what is not set, offline', () => {
    const text = withHttp(
      ', headers: { X: "${A}" }\nauth: { type: bearer, token: "${B}" }\nsigning: { type: standard-webhooks, secret: ["${C}"] }',
      '${D}',
    );
    expect(load(text, { unresolved: 'placeholder' }).ok).toBe(true);
  });

  it.each([
    ['${CRM_URL}/members/{id}', 'https://unset.example/members/{id}'],
    ['https://${CRM_HOST}:8443/members/{id}', 'https://unset.example/members/{id}'],
    ['${CRM_URL}', 'https://unset.example'],
  ])('keeps what is written of a path when the host is not set, offline: %s', (url, expected) => {
    const crm = configOf(load(withHttp('', url), { unresolved: 'placeholder' })).destinations.get('crm');
    expect(crm?.type === 'http' && crm.endpoints.get('member')?.url).toBe(expected);
  });
});
