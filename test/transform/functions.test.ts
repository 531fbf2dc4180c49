import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_MS, formula, inputOf, jobOf, mappingOf, requestsOf, runHere, yieldOf } from './support.ts';

describe('$toSeconds', () => {
  it('keeps decimals as written', async () => {
    const createdAt = '2026-02-11T09:30:00.123456+01:00';
    expect(await yieldOf('$toSeconds(createdAt)', { createdAt })).toBe(1770798600.123456);
    expect(await yieldOf('createdAt.$toSeconds()', { createdAt })).toBe(1770798600.123456);
    expect(await yieldOf('$map([createdAt, createdAt], $toSeconds)', { createdAt })).toHaveLength(2);
  });

  it('passes numbers through and yields nothing for nothing', async () => {
    expect(await yieldOf('$toSeconds(at)', { at: 1770798600.5 })).toBe(1770798600.5);
    expect(await yieldOf('$toSeconds(absent)')).toBeUndefined();
    expect(await yieldOf('$toSeconds(null)')).toBeUndefined();
  });

  it.each(['"soon"', 'true', '[1]', '{}', '$sum', '"2026-02-30"'])(
    'names the value that it cannot read: %s',
    async (at) => {
      await expect(yieldOf(`$toSeconds(${at})`)).rejects.toThrow(
        /TRANSFORM_ERROR: \$toSeconds takes a time such as .+, not /,
      );
    },
  );
});

describe('$daysUntil', () => {
  it("counts from the event's clock in the timestamp's offset", async () => {
    expect(await yieldOf('$daysUntil("2026-02-11T23:00:00+01:00")')).toBe(0);
    expect(await yieldOf('$daysUntil("2026-03-01T00:00:00+01:00")')).toBe(18);
    expect(await yieldOf('at.$daysUntil()', { at: '2026-02-10' })).toBe(-1);
    expect(await yieldOf('$daysUntil(absent)')).toBeUndefined();
  });

  it('refuses what is no timestamp', async () => {
    await expect(yieldOf('$daysUntil("soon")')).rejects.toThrow('not "soon"');
    await expect(yieldOf('$daysUntil(12)')).rejects.toThrow('not 12');
  });
});

describe('$eventId', () => {
  it('is the event id, with the part behind it from the second part on', async () => {
    const mapping = mappingOf({ id: '=$eventId()' }, { each: formula('[1,2,3]', 'each') });
    expect(requestsOf(await runHere(jobOf(mapping)))).toEqual([{ id: 'm-1' }, { id: 'm-1:1' }, { id: 'm-1:2' }]);
  });
});

describe('$memberId', () => {
  const ANN = { customerId: ' c-1 ', email: ' Ann@Example.com ', phone: '+48500100200', loyaltyCardNumber: 'LC-1' };

  it.each([
    ['email', 'ann@example.com'],
    ['customerId', 'c-1'],
    ['phone', '+48500100200'],
    ['loyaltyCardNumber', 'LC-1'],
  ] as const)('yields the identifier that the installation chose: %s', async (memberIdKind, expected) => {
    const mapping = mappingOf({ id: '=$memberId(data)' });
    const input = inputOf({ data: ANN }, { memberIdKind });
    expect(requestsOf(await runHere(jobOf(mapping, {}, { input })))).toEqual([{ id: expected }]);
  });

  it('reads identifiers that stand flat beside other fields', async () => {
    expect(await yieldOf('$memberId(data)', { data: { customerEmail: 'Ann@Example.com', levelId: 'l-1' } })).toBe(
      'ann@example.com',
    );
  });

  it('yields nothing where there is none, and refuses what is no person', async () => {
    for (const data of [undefined, {}, { email: ' ' }, { email: true }, { email: '-' }, { email: 'NULL' }]) {
      expect(await yieldOf('$memberId(data)', { data: data ?? null })).toBeUndefined();
    }
    await expect(yieldOf('$memberId("ann")')).rejects.toThrow('$memberId takes a person, not "ann"');
    await expect(yieldOf('$memberId([1])')).rejects.toThrow('not a list of 1');
  });
});

describe('$sha256', () => {
  it('hashes the UTF-8 bytes of any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const expected = createHash('sha256').update(Buffer.from(text)).digest('hex');
        expect(await yieldOf('$sha256(text)', { text })).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('yields nothing for nothing and refuses what is no text', async () => {
    expect(await yieldOf('$sha256(absent)')).toBeUndefined();
    await expect(yieldOf('$sha256(12)')).rejects.toThrow('$sha256 takes a text, not 12');
  });
});

describe('the clock', () => {
  it("is the event's, with the picture and time zone of the standard", async () => {
    expect(await yieldOf('$millis()')).toBe(CLOCK_MS);
    expect(await yieldOf('$now()')).toBe('2026-02-11T08:30:00.123Z');
    expect(await yieldOf('$now("[Y0001]-[M01]-[D01] [H01]:[m01]")')).toBe('2026-02-11 08:30');
    expect(await yieldOf('$now("[H01]:[m01] [z]", "+0100")')).toBe('09:30 GMT+01:00');
    expect(await yieldOf('$now(absent, "+0100")')).toBe('2026-02-11T09:30:00.123+01:00');
  });

  it('fills in what a picture leaves open', async () => {
    expect(await yieldOf('$toMillis("10:15", "[H01]:[m01]")')).toBe(Date.parse('2026-02-11T10:15:00Z'));
  });

  it("reads a time without an offset as UTC, not in the machine's zone", async () => {
    expect(await yieldOf('$toMillis("2026-02-11T08:30:00")')).toBe(Date.parse('2026-02-11T08:30:00Z'));
    expect(await yieldOf('at.$toMillis()', { at: '2026-02-11T09:30:00+01:00' })).toBe(
      Date.parse('2026-02-11T08:30:00Z'),
    );
    expect(await yieldOf('$toMillis(absent)')).toBeUndefined();
  });
});

describe('hidden functions', () => {
  it.each(['$eval("1")', '$random()', '$shuffle([1,2])', '$map([1], $random)', '[1,2] ~> $shuffle'])(
    'do not exist: %s',
    async (text) => {
      await expect(yieldOf(text)).rejects.toThrow('TRANSFORM_ERROR');
    },
  );
});

describe('&', () => {
  it.each([
    ['"a" & "b"', 'ab'],
    ['a & b & c', '1[1,2]'],
    ['absent & absent', ''],
    ['true & null & 1.5', 'truenull1.5'],
    ['$sum & "x"', 'x'],
    ['{"a": 1} & ""', '{"a":1}'],
    ['($f := function($n) { $n & "" }; $f(3))', '3'],
    ['items.(name & "!")', ['x!', 'y!']],
  ])('joins like JSONata: %s', async (text, expected) => {
    expect(await yieldOf(text, { a: 1, b: [1, 2], items: [{ name: 'x' }, { name: 'y' }] })).toEqual(expected);
  });
});

describe('$recall', () => {
  const mapping = mappingOf({ email: '=$recall("wallet", data.id).email', name: '=$recall("member", 7).name' });
  const body = { data: { id: 'w-1' } };
  const wallet = { kind: 'wallet', key: 'w-1', value: { email: 'ann@example.com', phone: null } };
  const fact = (kind: string, key: string) => ({ source: 'open-loyalty', storeCode: 'Germany', kind, key });

  it('asks for every fact that no look-up covered', async () => {
    const result = await runHere(jobOf(mapping, body));
    expect(result).toEqual({ kind: 'needs', facts: [fact('wallet', 'w-1'), fact('member', '7')] });
  });

  it('asks before it reports what is missing', async () => {
    const lookups = [{ ...wallet, value: null }];
    expect(await runHere(jobOf(mapping, body, { lookups }))).toEqual({ kind: 'needs', facts: [fact('member', '7')] });
  });

  it('reports the facts that are not there', async () => {
    const lookups = [wallet, { kind: 'member', key: '7', value: null }];
    expect(await runHere(jobOf(mapping, body, { lookups }))).toEqual({ kind: 'missing', facts: [fact('member', '7')] });
  });

  it('yields the value of a fact, in which null is absent', async () => {
    const shape = { email: '=$recall("wallet", "w-1").email', keys: '=$keys($recall("wallet", "w-1"))' };
    const result = await runHere(jobOf(mappingOf(shape), body, { lookups: [wallet] }));
    expect(requestsOf(result)).toEqual([{ email: 'ann@example.com', keys: 'email' }]);
  });

  it('counts in when, each and member too, and is asked for once', async () => {
    const ask = (path: string) => formula('$recall("k", path) or $recall("k", path)', path);
    for (const path of ['when', 'each', 'member'] as const) {
      const result = await runHere(jobOf(mappingOf({}, { [path]: ask(path) }), { path }));
      expect(result).toEqual({ kind: 'needs', facts: [fact('k', path)] });
    }
  });

  it('does not let a formula that stumbles over an unknown fact fail', async () => {
    const shape = { at: '=$toSeconds($recall("wallet", "w-1").at & "")' };
    expect((await runHere(jobOf(mappingOf(shape)))).kind).toBe('needs');
    const when = formula('$toSeconds($recall("wallet", "w-1").at & "") > 1', 'when');
    expect((await runHere(jobOf(mappingOf({}, { when })))).kind).toBe('needs');
  });

  it('looks nothing up without a key, and refuses odd ones', async () => {
    expect(await yieldOf('$recall("wallet", data.absent)')).toBeUndefined();
    expect(await yieldOf('$recall("wallet", null)')).toBeUndefined();
    await expect(yieldOf('$recall("wallet", [1,2])')).rejects.toThrow('a list of 2');
    await expect(yieldOf('$recall(1, "x")')).rejects.toThrow('not 1');
  });

  it('cannot change a fact for the formulas that follow', async () => {
    const shape = { one: '={} ~> |$recall("wallet","w-1")|{"email": "eve"}|', two: '=$recall("wallet","w-1").email' };
    const job = jobOf(mappingOf(shape), body, { lookups: [wallet], input: inputOf(body) });
    expect(requestsOf(await runHere(job))).toEqual([{ one: {}, two: 'ann@example.com' }]);
  });
});
