import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/core/errors.ts';
import { bloomreachOf, configOf, findings, load, SMALLEST } from './input.ts';

/** The smallest config with these lines in front, so that they begin at line 1. */
function withSettings(lines: string): string {
  return `${lines}\n${SMALLEST}`;
}

/** The smallest config with this way to verify. */
function withVerify(verify: string): string {
  return SMALLEST.replace('verify: none', `verify: ${verify}`);
}

describe('a config that holds only what must be written', () => {
  it('gets every default, in ms, bytes and calls per second', () => {
    const config = configOf(load(SMALLEST));
    expect(config).toMatchObject({
      server: { host: '127.0.0.1', port: 8080, bodyLimitBytes: 1024 ** 2 },
      api: { tokens: [] },
      store: {
        url: 'sqlite:./data/pointsman.db',
        path: '/etc/pointsman/data/pointsman.db',
        retentionMs: 90 * 86_400_000,
      },
      mappings: { dir: '/etc/pointsman/mappings', watch: true },
      transform: { deadlineMs: 250, workers: 1 },
      redact: [],
    });
    expect(config.sources.get('open-loyalty')).toEqual({
      id: 'open-loyalty',
      type: 'open-loyalty',
      verify: { type: 'none' },
      api: null,
    });
    expect(config.destinations.get('bloomreach')).toMatchObject({
      baseUrl: 'https://api.exponea.com',
      timeoutMs: 10_000,
      limits: {
        ratePerSecond: 80,
        concurrency: 16,
        batchSize: 50,
        lingerMs: 0,
        breakerFailures: 10,
        probeMs: 30_000,
      },
      retry: { quick: 2, jitter: 0.2, giveUpAfterMs: 72 * 3_600_000 },
    });
  });

  it('is frozen all the way down', () => {
    const config = configOf(load(SMALLEST));
    const destination = config.destinations.get('bloomreach');
    for (const part of [config, config.server, config.api.tokens, destination, destination?.retry.scheduleMs]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('does not hand the defaults of one load to the next', () => {
    expect(configOf(load(SMALLEST)).api.tokens).not.toBe(configOf(load(SMALLEST)).api.tokens);
  });
});

describe('references', () => {
  it('give numbers, booleans and quantities where the schema wants them', () => {
    const lines = [
      'server: { port: "${PORT:-8080}", bodyLimit: "${LIMIT}" }',
      'mappings:\n  watch: ${WATCH}',
      'transform: { deadline: "${MS}ms" }',
    ];
    const config = configOf(
      load(withSettings(lines.join('\n')), { env: { LIMIT: '64kb', WATCH: 'false', MS: '100' } }),
    );
    expect(config.server).toEqual({ host: '127.0.0.1', port: 8080, bodyLimitBytes: 65_536 });
    expect(config.mappings.watch).toBe(false);
    expect(config.transform.deadlineMs).toBe(100);
  });

  it('stay text where the schema wants text, digits included', () => {
    const env = { PASSWORD: '007', USER: 'true' };
    const config = configOf(load(withVerify('{ type: basic, username: "${USER}", password: "${PASSWORD}" }'), { env }));
    expect(config.sources.get('open-loyalty')?.verify).toEqual({ type: 'basic', username: 'true', password: '007' });
  });

  it.each(['x\n  type: none', '{ type: none }', '${OTHER}', '"', '*alias', '!tag', '# no', '- a', '<<', '$${OTHER}'])(
    'cannot bring structure in: %j stays one text',
    (secret) => {
      const text = SMALLEST.replace('apiSecret: s', 'apiSecret: ${SECRET}');
      const config = configOf(load(text, { env: { SECRET: secret, OTHER: 'inner' } }));
      expect(bloomreachOf(config).apiSecret).toBe(secret);
    },
  );

  it('keep any environment value as it is', () => {
    const text = SMALLEST.replace('apiSecret: s', 'apiSecret: "${SECRET}"');
    const values = fc.oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: 'grapheme' }));
    fc.assert(
      fc.property(values, (secret) => {
        expect(bloomreachOf(configOf(load(text, { env: { SECRET: secret } }))).apiSecret).toBe(secret);
      }),
    );
  });

  it('are not replaced in keys', () => {
    expect(findings(load(withSettings('"${KEY}": 1'), { env: { KEY: 'server' } }))).toEqual([
      '1:1 CONFIG_UNKNOWN_KEY Unknown key "${KEY}" in the config',
    ]);
  });

  it('that miss are reported all at once, each at its place, along with every other finding', () => {
    const lines = [
      'server: { host: "${HOST}", prt: 1 }',
      'store:',
      '  url: "sqlite:${FOLDER:?the data folder}/${NAME:-pm}-${STAGE}.db"',
      '  retention: |',
      '    ${RETENTION}',
      'mappings: { dir: "${file:/none}" }',
      'redact: ["${A", "\\x24{HIDDEN}"]',
    ];
    expect(findings(load(withSettings(lines.join('\n'))))).toEqual([
      '1:18 CONFIG_UNRESOLVED The variable HOST is not set',
      '1:28 CONFIG_UNKNOWN_KEY Unknown key "prt" in server; did you mean "port"?',
      '3:16 CONFIG_UNRESOLVED The variable FOLDER is not set: the data folder',
      '3:55 CONFIG_UNRESOLVED The variable STAGE is not set',
      '5:5 CONFIG_UNRESOLVED The variable RETENTION is not set',
      '6:19 CONFIG_UNRESOLVED The file /none cannot be read (ENOENT)',
      '7:11 CONFIG_INVALID A reference is never closed; add }, or write $${ where ${ itself is meant',
      '7:17 CONFIG_UNRESOLVED The variable HIDDEN is not set',
    ]);
  });

  it('may miss where placeholders are allowed, and are shown as written', () => {
    const lines = 'server: { host: "${HOST}", port: "${PORT}" }\nstore: { url: "${DB}", retention: "${DAYS}d" }';
    const text = withSettings(lines).replace('apiSecret: s', 'apiSecret: "${SECRET}"');
    const loaded = load(text, { unresolved: 'placeholder' });
    expect(configOf(loaded)).toMatchObject({ server: { port: 8080 }, store: { url: 'sqlite:./data/pointsman.db' } });
    expect(loaded).toMatchObject({ lints: [], shown: expect.stringContaining('port: ${PORT}') });
    expect(load(text).ok).toBe(false);
  });

  it('may not be malformed even where placeholders are allowed', () => {
    const loaded = load(withSettings('server: { host: "${A-b}" }'), { unresolved: 'placeholder' });
    expect(findings(loaded)).toEqual([expect.stringContaining('1:18 CONFIG_INVALID This is no reference')]);
  });
});

describe('the ways to verify', () => {
  const header = '{ type: header, name: X-Token, value: abc }';

  it.each([
    ['none', { type: 'none' }],
    ['{ type: none }', { type: 'none' }],
    [header, { type: 'header', name: 'X-Token', value: 'abc' }],
    [
      `[${header}, { type: basic, username: u, password: p }]`,
      {
        type: 'any-of',
        members: [
          { type: 'header', name: 'X-Token', value: 'abc' },
          { type: 'basic', username: 'u', password: 'p' },
        ],
      },
    ],
  ])('%s is understood', (written, expected) => {
    expect(configOf(load(withVerify(written))).sources.get('open-loyalty')?.verify).toEqual(expected);
  });

  it.each([
    [
      'hmac',
      '4:13 CONFIG_INVALID sources.open-loyalty.verify must be header, hmac, basic, none, or a list of these, not "hmac"',
    ],
    [
      '{ type: jwt }',
      '4:21 CONFIG_INVALID sources.open-loyalty.verify.type must be header, hmac, basic or none (verify may also be a list of these), not "jwt"',
    ],
    [
      `[${header}, { type: jwt }]`,
      '4:67 CONFIG_INVALID sources.open-loyalty.verify[1].type must be header, hmac, basic or none (verify may also be a list of these), not "jwt"',
    ],
    [
      '{ type: header, name: X, value: a, secrets: [b] }',
      '4:48 CONFIG_UNKNOWN_KEY Unknown key "secrets" in sources.open-loyalty.verify: it belongs to another type',
    ],
    ['[]', '4:13 CONFIG_INVALID sources.open-loyalty.verify must hold at least one entry'],
    [
      '',
      '4:13 CONFIG_INVALID sources.open-loyalty.verify must be header, hmac, basic, none, or a list of these, not empty',
    ],
    ['{ name: X }', '4:5 CONFIG_INVALID sources.open-loyalty.verify.type is missing'],
    ['{ type: header, name: X }', '4:5 CONFIG_INVALID sources.open-loyalty.verify.value is missing'],
    ['{ type: header, name: X, value: "" }', '4:45 CONFIG_INSECURE sources.open-loyalty.verify.value is empty'],
    [
      '{ type: header, name: X, value: 12345 }',
      '4:45 CONFIG_INVALID sources.open-loyalty.verify.value must be printable ASCII text without spaces around it, not what it is (not shown: it is a secret)',
    ],
    [
      '{ type: header, name: "X Y", value: a }',
      '4:35 CONFIG_INVALID sources.open-loyalty.verify.name must be the name of a header, such as X-Pointsman-Token, not "X Y"',
    ],
    [
      '{ type: basic, username: u, password: "" }',
      '4:51 CONFIG_INSECURE sources.open-loyalty.verify.password is empty',
    ],
    [
      '{ type: header, name: X, valu: a, value: b }',
      '4:38 CONFIG_UNKNOWN_KEY Unknown key "valu" in sources.open-loyalty.verify; did you mean "value"?',
    ],
    [
      `[${header}, { type: none }]`,
      '4:13 CONFIG_INSECURE sources.open-loyalty.verify lists none next to others, which lets every request in',
    ],
  ])('%s is refused', (written, expected) => {
    expect(findings(load(withVerify(written)))).toEqual([expected]);
  });

  it('must be written', () => {
    const loaded = load(SMALLEST.replace('    verify: none\n', ''));
    expect(findings(loaded)).toEqual(['2:3 CONFIG_INSECURE sources.open-loyalty.verify is missing']);
  });

  it('are not opened by an empty variable', () => {
    const loaded = load(withVerify('{ type: header, name: X, value: "${TOKEN}" }'), { env: { TOKEN: '' } });
    expect(findings(loaded)).toEqual(['4:45 CONFIG_INSECURE sources.open-loyalty.verify.value is empty']);
  });
});

describe('verifying signatures', () => {
  const url = 'https://loyalty.example.com/webhooks/open-loyalty';
  const secret = `whsec_${'0123456789abcdef'.repeat(4)}`;
  const hmac = (settings: string): string => withVerify(`{ type: hmac, ${settings} }`);
  const undocumented = { keyEncoding: 'auto', hostWithPort: false, pathWithQuery: false };

  it('needs the url and the secrets, and leaves the rest to defaults', () => {
    const config = configOf(load(hmac(`url: ${url}, secrets: [${secret}]`)));
    expect(config.sources.get('open-loyalty')?.verify).toEqual({
      type: 'hmac',
      url,
      secrets: [secret],
      ...undocumented,
    });
    expect(Object.isFrozen(config.sources.get('open-loyalty')?.verify)).toBe(true);
    expect(findings(load(withVerify('{ type: hmac }')))).toEqual([
      '4:5 CONFIG_INVALID sources.open-loyalty.verify.url is missing',
      '4:5 CONFIG_INVALID sources.open-loyalty.verify.secrets is missing',
    ]);
  });

  it('is one of a list, and takes every setting from the environment', () => {
    const env = {
      URL: `${url}?a=b`,
      S1: secret,
      S2: secret.toUpperCase().replace('WHSEC', 'whsec'),
      ENC: 'hex',
      YES: 'true',
    };
    const settings =
      'url: "${URL}", secrets: ["${S1}", "${S2}"], keyEncoding: "${ENC}", hostWithPort: "${YES}", pathWithQuery: "${YES}"';
    const list = withVerify(`[{ type: header, name: X, value: abc }, { type: hmac, ${settings} }]`);
    expect(configOf(load(list, { env })).sources.get('open-loyalty')?.verify).toEqual({
      type: 'any-of',
      members: [
        { type: 'header', name: 'X', value: 'abc' },
        {
          type: 'hmac',
          url: env.URL,
          secrets: [env.S1, env.S2],
          keyEncoding: 'hex',
          hostWithPort: true,
          pathWithQuery: true,
        },
      ],
    });
  });

  it.each([
    'https://loyalty.example.com/',
    'http://127.0.0.1:8080/webhooks/open-loyalty',
    'https://loyalty.example.com:8443/a/?b=c&d=%20',
    'https://xn--bcher-kva.test/%C3%BC',
  ])('takes the url %s as it is', (written) => {
    const { verify } =
      configOf(load(hmac(`url: "${written}", secrets: [${secret}]`))).sources.get('open-loyalty') ?? {};
    expect(verify).toMatchObject({ url: written });
  });

  it.each([
    'https://loyalty.example.com',
    'https://Loyalty.example.com/webhooks/open-loyalty',
    'https://loyalty.example.com:443/webhooks/open-loyalty',
    'https://loyalty.example.com/a/../b',
    'https://loyalty.example.com/a#b',
    'https://loyalty.example.com/ü',
    'https://loyalty.example.com/a b',
    'https://bücher.test/a',
    'ftp://loyalty.example.com/a',
    '/webhooks/open-loyalty',
    '',
  ])('refuses the url %j, which may be signed in another form', (written) => {
    expect(findings(load(hmac(`url: "${written}", secrets: [${secret}]`)))).toEqual([
      expect.stringMatching(
        /^4:32 CONFIG_INVALID sources\.open-loyalty\.verify\.url must be the subscribed URL in its/,
      ),
    ]);
  });

  it('does not show the credentials of a url', () => {
    const [finding] = findings(load(hmac(`url: "https://me:hush@x.test/a", secrets: [${secret}]`)));
    expect(finding).toMatch(/not "https:\/\/…@x\.test\/a"$/);
  });

  it.each([
    '0123456789abcdef'.repeat(4),
    'whsec_',
    `whsec_${'a'.repeat(63)}`,
    `whsec_${'a'.repeat(65)}`,
    `whsec_${'g'.repeat(64)}`,
    `WHSEC_${'a'.repeat(64)}`,
    ` ${secret}`,
    `${secret}\n`,
  ])('refuses the secret %j without showing it', (wrong) => {
    const settings = `url: ${url}, secrets: [${secret}, ${JSON.stringify(wrong)}]`;
    const [finding, ...others] = findings(load(hmac(settings)));
    expect(others).toEqual([]);
    expect(finding).toMatch(
      /CONFIG_INVALID .*\.verify\.secrets\[1\] must be a secret as Open Loyalty shows it: whsec_ and 64 hexadecimal characters, not what it is \(not shown: it is a secret\)$/,
    );
  });

  it.each([
    [`secrets: ${secret}`, 'secrets must be a list, not what it is (not shown: it is a secret)'],
    ['secrets: []', 'secrets must hold at least one entry'],
    [`secrets: [${secret}], keyEncoding: base64`, 'keyEncoding must be auto, ascii or hex, not "base64"'],
    [`secrets: [${secret}], hostWithPort: 1`, 'hostWithPort must be true or false, not 1'],
  ])('refuses %s', (settings, message) => {
    const [finding, ...others] = findings(load(hmac(`url: ${url}, ${settings}`)));
    expect(others).toEqual([]);
    expect(finding).toContain(`CONFIG_INVALID sources.open-loyalty.verify.${message}`);
  });

  it('is not opened by an empty variable', () => {
    const loaded = load(hmac(`url: ${url}, secrets: ["\${S1}"]`), { env: { S1: '' } });
    expect(findings(loaded)).toEqual([
      expect.stringMatching(/CONFIG_INSECURE sources\.open-loyalty\.verify\.secrets\[0\] is empty$/),
    ]);
  });

  it('needs no secrets where placeholders are allowed, but does not take wrong ones', () => {
    const text = hmac('url: "${URL}", secrets: ["${S1}", "${S2}"]');
    expect(load(text, { unresolved: 'placeholder' }).ok).toBe(true);
    expect(load(text, { unresolved: 'placeholder', env: { S1: 'whsec_short' } }).ok).toBe(false);
    expect(load(text).lints.map((lint) => lint.code)).toEqual(Array(3).fill('CONFIG_UNRESOLVED'));
  });

  it('shows its settings with the secrets masked', () => {
    const loaded = load(hmac(`url: ${url}, secrets: [${secret}]`));
    expect(loaded).toMatchObject({ ok: true, shown: expect.stringContaining(`url: ${url}`) });
    expect(loaded).toMatchObject({ shown: expect.stringMatching(/secrets:\n +- "\*{8}"\n/) });
    expect(loaded).toMatchObject({ shown: expect.not.stringContaining('whsec') });
  });
});

describe('a bad config', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'unknown keys at every level',
      'servr: {}\nserver: { prt: 1, zzz: 2 }\n__proto__: 1\nconstructor: 2',
      [
        '1:1 CONFIG_UNKNOWN_KEY Unknown key "servr" in the config; did you mean "server"?',
        '2:11 CONFIG_UNKNOWN_KEY Unknown key "prt" in server; did you mean "port"?',
        '2:19 CONFIG_UNKNOWN_KEY Unknown key "zzz" in server',
        '3:1 CONFIG_UNKNOWN_KEY Unknown key "__proto__" in the config',
        '4:1 CONFIG_UNKNOWN_KEY Unknown key "constructor" in the config',
      ],
    ],
    [
      'a port that is none',
      'server: { port: 65536 }',
      ['1:17 CONFIG_INVALID server.port must be a port between 0 and 65535, not 65536'],
    ],
    [
      'a port with decimals',
      'server: { port: 80.5 }',
      ['1:17 CONFIG_INVALID server.port must be a port between 0 and 65535, not 80.5'],
    ],
    [
      'a port in quotes',
      'server: { port: "80" }',
      ['1:17 CONFIG_INVALID server.port must be a port between 0 and 65535, not the text "80"'],
    ],
    [
      'a setting without a value',
      'server:\n  host:',
      ['2:8 CONFIG_INVALID server.host must be text (numbers in quotes), not empty'],
    ],
    [
      'a key without a colon',
      'server: { host }',
      ['1:11 CONFIG_INVALID server.host must be text (numbers in quotes), not empty'],
    ],
    ['a group that is text', 'server: x', ['1:9 CONFIG_INVALID server must be a group of settings, not the text "x"']],
    ['a list that is a group', 'redact: {}', ['1:9 CONFIG_INVALID redact must be a list, not a group of settings']],
    [
      'quantities of the wrong kind or out of bounds',
      'server: { bodyLimit: 1s }\ntransform: { deadline: 0ms }\nstore: { retention: 99999999999999999999d }',
      [
        '1:22 CONFIG_INVALID server.bodyLimit must be a size such as 64kb or 1mb, at least 1kb and at most 16mb, not "1s"',
        '2:24 CONFIG_INVALID transform.deadline must be a duration such as 250ms, 5s, 2m, 3h or 90d, at least 1ms and at most 10s, not "0ms"',
        '3:21 CONFIG_INVALID store.retention must be a duration such as 250ms, 5s, 2m, 3h or 90d, at least 1h and at most 36500d, not "99999999999999999999d"',
      ],
    ],
    [
      'another database',
      'store: { url: "postgres://user:hush@host/db" }',
      [
        '1:15 CONFIG_INVALID store.url must be sqlite: and the path of a file, such as sqlite:./data/pointsman.db, not "postgres://…@host/db"',
      ],
    ],
    [
      'a database in memory',
      'store: { url: "sqlite::memory:" }',
      [expect.stringContaining('1:15 CONFIG_INVALID store.url must be sqlite:')],
    ],
    [
      'short, equal and misnamed tokens',
      'api:\n  tokens:\n    - { name: ops, role: boss, token: short }\n    - { name: Ops, role: admin, token: "0123456789 abcdef" }\n    - { name: x, role: viewer }',
      [
        '3:26 CONFIG_INVALID api.tokens[0].role must be viewer, editor or admin, not "boss"',
        '3:39 CONFIG_INSECURE api.tokens[0].token is shorter than 16 characters',
        '4:15 CONFIG_INVALID api.tokens[1].name must be a name of lower-case letters, digits and -, such as ops, not "Ops"',
        '4:40 CONFIG_INVALID api.tokens[1].token must be at least 16 printable ASCII characters without spaces, not what it is (not shown: it is a secret)',
        '5:7 CONFIG_INVALID api.tokens[2].token is missing',
      ],
    ],
    [
      'the same name and the same token twice',
      'api:\n  tokens:\n    - { name: ops, role: admin, token: 0123456789abcdef }\n    - { name: ops, role: viewer, token: 0123456789abcdef }',
      [
        '4:15 CONFIG_INVALID api.tokens has the same name twice',
        '4:41 CONFIG_INVALID api.tokens has the same token twice',
      ],
    ],
    [
      'paths that are none',
      'redact: [data., 7]',
      [
        expect.stringContaining('1:10 CONFIG_INVALID redact[0] must be a path'),
        expect.stringContaining('1:17 CONFIG_INVALID redact[1] must be a path'),
      ],
    ],
  ])('with %s is refused', (_, lines, expected) => {
    expect(findings(load(withSettings(lines)))).toEqual(expected);
  });

  it.each<[string, string, readonly string[]]>([
    ['nothing', '', ['1:1 CONFIG_INVALID sources is missing', '1:1 CONFIG_INVALID destinations is missing']],
    ['a text', 'hello', ['1:1 CONFIG_INVALID the config must be a group of settings, not the text "hello"']],
    ['a list', '- a', ['1:1 CONFIG_INVALID the config must be a group of settings, not a list']],
    ['a key twice', 'a: 1\na: 2', ['2:1 CONFIG_YAML Map keys must be unique']],
    [
      'an unquoted reference in braces',
      'server: { port: ${PORT} }',
      ['1:18 CONFIG_YAML Inside { } and [ ] a reference goes in quotes'],
    ],
    ['two documents', 'a: 1\n---\nb: 1', ['2:1 CONFIG_YAML A config is one document; remove --- and what follows it']],
    [
      'a secret that reads as an alias',
      'token: *hush',
      [expect.stringMatching(/^1:8 CONFIG_YAML Aliases \(\*name\) are not used/)],
    ],
    [
      'a secret that reads as a tag',
      'token: !hush',
      [expect.stringMatching(/^1:8 CONFIG_YAML Tags \(!name\) mean nothing/)],
    ],
    ['an alias that loops', 'a: &a [*a]', [expect.stringMatching(/^1:8 CONFIG_YAML Aliases/)]],
    ['endless nesting', '['.repeat(20_000), [expect.stringMatching(/CONFIG_YAML The settings are nested too deeply$/)]],
  ])('that holds %s is refused', (_, text, expected) => {
    expect(findings(load(text))).toEqual(expected);
  });

  it('with bad names of sources and destinations is refused', () => {
    const text = SMALLEST.replace('open-loyalty:', 'Open_Loyalty:').replace('  bloomreach:', `  ${'b'.repeat(64)}:`);
    expect(findings(load(text))).toEqual([
      '2:3 CONFIG_INVALID "Open_Loyalty" must be a name of lower-case letters, digits and -, such as open-loyalty',
      expect.stringMatching(/^6:3 CONFIG_INVALID "b{64}" must be a name/),
    ]);
  });

  it('with unknown kinds, addresses and half an API is refused', () => {
    const text = SMALLEST.replace('verify: none', 'verify: none\n    api: { url: "https://x.y" }')
      .replace('projectToken: p', 'projectToken: ""')
      .replace('apiKeyId: k', 'baseUrl: ftp://x.y');
    expect(findings(load(text))).toEqual([
      '7:3 CONFIG_INVALID destinations.bloomreach.apiKeyId is missing',
      '9:19 CONFIG_INVALID destinations.bloomreach.projectToken is empty',
      '10:14 CONFIG_INVALID destinations.bloomreach.baseUrl must be an address such as https://api.exponea.com, without credentials, ? and #, not "ftp://x.y"',
    ]);
    expect(findings(load(SMALLEST.replace('verify: none', 'verify: none\n    api: { url: "https://x.y" }')))).toEqual([
      '5:10 CONFIG_INVALID sources.open-loyalty.api needs both url and token, or neither',
    ]);
  });

  it('never shows a value that came from outside the file, nor credentials in an address', () => {
    const text = withSettings('server: { port: "${PORT}" }').replace(
      'apiKeyId: k',
      'apiKeyId: k\n    baseUrl: https://me:hush@x.y',
    );
    const shown = findings(load(text, { env: { PORT: 'hush' } }));
    expect(shown).toHaveLength(2);
    expect(shown.join()).not.toContain('hush');
    expect(shown[0]).toBe(
      '1:17 CONFIG_INVALID server.port must be a port between 0 and 65535, not the value of ${PORT}',
    );
  });

  it('gets a remedy with every finding', () => {
    const { lints } = load('a: 1');
    expect(lints[0]).toMatchObject({ file: 'config.yaml', severity: 'error', remedy: ERRORS.CONFIG_INVALID.remedy });
  });

  it('never makes it throw', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '${A}',
      '${',
      '"',
      "'",
      '&a',
      '*a',
      '!t',
      '|',
      '#',
      'sources',
      'verify',
      '\t',
      '? ',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(load(pieces.join('')).ok).toBe(false);
      }),
    );
  });
});

describe('what else is known of a good config', () => {
  it('takes absolute and relative paths, and drops slashes that end an address', () => {
    const lines = 'store: { url: sqlite:/var/pm.db }\nmappings: { dir: ../maps }';
    const text = withSettings(lines).replace('apiKeyId: k', 'apiKeyId: k\n    baseUrl: https://x.y/z//');
    const config = configOf(load(text));
    expect([config.store.path, config.mappings.dir]).toEqual(['/var/pm.db', '/etc/maps']);
    expect(bloomreachOf(config).baseUrl).toBe('https://x.y/z');
  });

  it('warns when credentials travel in clear to another machine', () => {
    const to = (baseUrl: string) => load(SMALLEST.replace('apiKeyId: k', `apiKeyId: k\n    baseUrl: ${baseUrl}`));
    expect(findings(to('http://sandbox.internal:9000'))).toEqual([
      "10:14 warning CONFIG_INSECURE destinations.bloomreach.baseUrl is not https: credentials and members' data travel in clear",
    ]);
    expect(to('http://sandbox.internal:9000').ok).toBe(true);
    expect(findings(to('http://127.0.0.1:9000'))).toEqual([]);
  });

  it('shows it with defaults, secrets masked, wherever they came from', () => {
    const env = { TOKEN: 'hush-from-environment', BASE: 'https://eu.x.y' };
    const readSecretFile = () => 'hush-from-file\n';
    const text = withSettings('api:\n  tokens: [{ name: ops, role: admin, token: "${TOKEN}" }]')
      .replace('apiSecret: s', 'apiSecret: "${file:secret}"\n    baseUrl: "${BASE}"')
      .replace('projectToken: p', 'projectToken: hush-in-clear')
      .replace(
        'verify: none',
        'verify: [{ type: header, name: X, value: hush }, { type: basic, username: u, password: hush }]',
      );
    const loaded = load(text, { env, readSecretFile });
    expect(loaded).toMatchObject({ ok: true, shown: expect.not.stringContaining('hush') });
    expect(loaded).toMatchObject({ shown: expect.stringContaining('baseUrl: https://eu.x.y') });
    expect(loaded.ok && loaded.shown.match(/"\*{8}"/g)).toHaveLength(6);
    expect(loaded).toMatchObject({ shown: expect.stringContaining('giveUpAfter: 72h') });
  });

  it('reads files with a byte order mark and with Windows line breaks', () => {
    const text = `\uFEFF${withSettings('server: { port: 1 }').replaceAll('\n', '\r\n')}`;
    expect(configOf(load(text)).server.port).toBe(1);
    expect(findings(load(text.replace('port', 'prt')))).toEqual([
      '1:11 CONFIG_UNKNOWN_KEY Unknown key "prt" in server; did you mean "port"?',
    ]);
  });
});
