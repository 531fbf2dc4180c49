import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import type { TransformEngine } from '../../../src/ports/transform-engine.ts';
import { createTransformEngine } from '../../../src/transform/engine.ts';
import { formula, inputOf, jobOf, mappingOf, requestsOf } from '../support.ts';

let engine: TransformEngine;
let threads = 0;
const count = () => {
  threads += 1;
};

beforeEach(() => {
  threads = 0;
  process.on('worker', count);
  engine = createTransformEngine({ deadlineMs: 250, workers: 2 });
});

afterEach(async () => {
  process.off('worker', count);
  await engine.close();
});

const plain = mappingOf({ name: '=$uppercase(name)' }, { id: 'plain' });
const withLambda = mappingOf({ name: '=(function($n) { $n })(name)' }, { id: 'lambda' });
const jobFor = (text: string, body: Json = {}) => jobOf(mappingOf({ a: `=${text}` }, { id: text }), body);

function frozen(value: Json): Json {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

describe('an engine', () => {
  it('runs what is compiled in place, and starts no thread for it', async () => {
    const jobs = Array.from({ length: 20 }, (_, n) => jobOf(plain, { name: `n${n}` }));
    expect((await engine.run(jobs)).flatMap(requestsOf)).toEqual(jobs.map((_, n) => ({ name: `N${n}` })));
    expect(threads).toBe(0);
  });

  it('starts threads for the jobs that need one, and keeps the order of all', async () => {
    const jobs = [jobOf(plain, { name: 'a' }), jobOf(withLambda, { name: 'b' }), jobOf(plain, { name: 'c' })];
    expect((await engine.run(jobs)).flatMap(requestsOf)).toEqual([{ name: 'A' }, { name: 'b' }, { name: 'C' }]);
    expect(threads).toBe(1);
    await engine.run(jobs);
    expect(threads).toBe(1);
  });

  it('takes a mapping inline only as a whole', () => {
    const mixed = mappingOf({ a: '=name', b: '=**.name' }, { id: 'mixed' });
    expect(engine.runInline(jobOf(mixed, { name: 'a' }))).toBeNull();
    const when = mappingOf({ a: '=name' }, { id: 'when', when: formula('$match(name, /a/)', 'when') });
    expect(engine.runInline(jobOf(when, { name: 'a' }))).toBeNull();
  });

  it('leaves events of more than 64 kB to a worker', async () => {
    const job = jobOf(plain, { name: 'a', ballast: 'ä'.repeat(33_000) });
    expect(engine.runInline(job)).toBeNull();
    expect((await engine.run([job])).flatMap(requestsOf)).toEqual([{ name: 'A' }]);
    expect(engine.runInline(jobOf(plain, { name: 'a', ballast: 'a'.repeat(64_000) }))).not.toBeNull();
  });

  it('leaves what fails to JSONata, which words it', async () => {
    const job = jobFor('1 + name', { name: 'a' });
    expect(engine.runInline(job)).toBeNull();
    const [result] = await engine.run([job]);
    expect(result).toMatchObject({ parts: [{ code: 'TRANSFORM_ERROR', path: 'a' }] });
    expect(result).toHaveProperty('parts.0.message', expect.stringContaining('(JSONata T2002 at character 3)'));
  });

  it('words what its own functions refuse', () => {
    expect(engine.runInline(jobFor('$toSeconds("soon")'))).toMatchObject({
      parts: [{ code: 'TRANSFORM_ERROR', path: 'a', message: expect.stringContaining('$toSeconds takes a time') }],
    });
  });

  it('asks for facts', () => {
    const job = jobFor("$recall('wallet', id).email", { id: 'w-1' });
    expect(engine.runInline(job)).toMatchObject({ kind: 'needs', facts: [{ kind: 'wallet', key: 'w-1' }] });
    const lookups = [{ kind: 'wallet', key: 'w-1', value: { email: 'ann@example.com', phone: null } }];
    expect(engine.runInline({ ...job, lookups })).toMatchObject({ parts: [{ request: { a: 'ann@example.com' } }] });
  });

  it('uses the parsed body where there is one, changes nothing in it, and never sends it to a worker', async () => {
    const parsed = frozen({ name: 'parsed', list: [null, { gone: null, stays: [1] }] }) as { readonly name: string };
    const input = inputOf({ name: 'body' }, { parsed });
    const mapping = mappingOf({ name: '=name', list: '=list' }, { id: 'parsed' });
    expect(requestsOf((await engine.run([{ ...jobOf(mapping), input }]))[0] ?? { kind: 'parts', parts: [] })).toEqual([
      { name: 'parsed', list: [null, { stays: [1] }] },
    ]);
    expect((await engine.run([{ ...jobOf(withLambda), input }])).flatMap(requestsOf)).toEqual([{ name: 'body' }]);
  });

  it('says of each formula which way it runs', async () => {
    const mixed = mappingOf({ a: '=name', b: '=**.name' }, { id: 'mixed' });
    const [result] = await engine.run([jobOf(mixed, { name: 'a' }, { trace: true })]);
    expect(result).toMatchObject({
      parts: [
        {
          values: [
            { path: 'a', inline: true },
            { path: 'b', inline: false },
          ],
        },
      ],
    });
    const [other] = await engine.run([jobOf(plain, { name: 'a' }, { trace: true })]);
    expect(other).toMatchObject({ parts: [{ values: [{ path: 'name', inline: true }] }] });
  });

  it('runs nothing inline once it is closed, or where the mapping is set aside', async () => {
    const hostile = jobFor('$count(data) > 0 and $exists($match($join([data]), /^(a+)+$/))', {
      data: `${'a'.repeat(40)}!`,
    });
    for (let deaths = 0; deaths < 5; deaths += 1) await engine.run([hostile]);
    const edited = { ...hostile, mapping: { ...plain, id: hostile.mapping.id, version: hostile.mapping.version } };
    expect(engine.runInline(edited)).toBeNull();
    expect(engine.runInline(jobOf(plain))).not.toBeNull();
    await engine.close();
    expect(engine.runInline(jobOf(plain))).toBeNull();
  }, 30_000);
});

describe('work that grows faster than the event', () => {
  const list = { list: Array.from({ length: 5_000 }, (_, n) => n) };
  const doubled = (line: string) =>
    `($a := ${line}; ${Array.from({ length: 30 }, () => '$a := [$a, $a]').join('; ')}; $a)`;

  it.each([
    ['a list doubled', doubled('list')],
    [
      'texts doubled',
      `($a := "xxxxxxxx"; ${'$a := $a & $a; '.repeat(16)} [${Array(400).fill('$uppercase($a)').join()}])`,
    ],
    ['objects that share their parts', `($a := {"x": 1}; ${'$a := {"l": $a, "r": $a}; '.repeat(30)} $string($a))`],
    [
      'comparing what shares its parts',
      `($a := {"x": 1}; $b := {"x": 1}; ${'$a := {"l": $a, "r": $a}; $b := {"l": $b, "r": $b}; '.repeat(30)} $a = $b)`,
    ],
    ['a long formula for each item', `list.(${Array(300).fill('$ = 1').join(' or ')})`],
    ['a wide text', '$pad("x", 500000)'],
    ['a text replaced by longer ones', '$replace($join(list.$string()), "1", $join(list.$string()))'],
  ])('is left to a worker: %s', (_, text) => {
    const startedAt = performance.now();
    expect(engine.runInline(jobFor(text, list))).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('is left to a worker where parts repeat the event', () => {
    const mapping = mappingOf({ all: '=list' }, { id: 'parts', each: formula('list[[0..499]]', 'each') });
    expect(engine.runInline(jobOf(mapping, list))).toBeNull();
  });

  it.each([
    'list[$ = $$.list[0]]',
    'list.($$.list)',
    'list[$ in $item.x]',
    '[1..9]',
    '$map(list, $string)',
    'list^($)',
  ])('is not compiled where it shows: %s', (text) => {
    expect(engine.runInline(jobFor(text, { list: [1] }))).toBeNull();
  });
});
