import { afterEach, describe, expect, it } from 'vitest';
import type { TransformEngine, TransformResult } from '../../src/ports/transform-engine.ts';
import { createTransformEngine } from '../../src/transform/engine.ts';
import { expressionOf, formula, inputOf, jobOf, mappingOf, requestsOf } from './support.ts';

const DEADLINE_MS = 250;
const ENDLESS = '($f := function($n) { $f($n + 1) }; $f(0))';
const CATASTROPHIC = '$match(data.x, /^(a+)+$/)';
const BODY = { data: { x: `${'a'.repeat(34)}!` } };

const engines: TransformEngine[] = [];

const engineOf = (over: Partial<Parameters<typeof createTransformEngine>[0]> = {}): TransformEngine => {
  const engine = createTransformEngine({ deadlineMs: DEADLINE_MS, workers: 1, ...over });
  engines.push(engine);
  return engine;
};

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

/** A formula with a lambda is never run inline. */
const inWorker = (text: string) => `=(function($it) { $it })(${text})`;

const good = mappingOf({ id: '=$eventId()', n: inWorker('data.n') }, { id: 'good' });
const goodJob = (n: number) => jobOf(good, { data: { n } });
const badMapping = (text: string, id = 'bad') => mappingOf({ a: `=${text}` }, { id });
const badJob = (text: string, id = 'bad') => jobOf(badMapping(text, id), BODY);

const codeOf = (result: TransformResult | undefined): string | undefined =>
  result?.kind === 'failed' ? result.code : result?.kind;

const failureIn = (result: TransformResult | undefined): string => {
  const part = result?.kind === 'parts' ? result.parts[0] : result;
  return part?.kind === 'failed' ? part.code : JSON.stringify(result);
};

/** Runs something while counting turns of the event loop. */
const counting = async <Value>(work: Promise<Value>): Promise<{ readonly value: Value; readonly ticks: number }> => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 5);
  const value = await work;
  clearInterval(timer);
  return { value, ticks };
};

describe('a chunk', () => {
  it.each([1, 2])('comes back in the order of its jobs with %d workers', async (workers) => {
    const jobs = Array.from({ length: 50 }, (_, n) => goodJob(n));
    const results = await engineOf({ workers }).run(jobs);
    expect(results.flatMap(requestsOf)).toEqual(jobs.map((_, n) => ({ id: 'm-1', n })));
  });

  it('may be empty, and may overlap with others', async () => {
    const engine = engineOf();
    const runs = await Promise.all([engine.run([]), engine.run([goodJob(1)]), engine.run([goodJob(2)])]);
    expect(runs.map((results) => results.flatMap(requestsOf))).toEqual([
      [],
      [{ id: 'm-1', n: 1 }],
      [{ id: 'm-1', n: 2 }],
    ]);
  });

  it('brings each mapping once, and each version anew', async () => {
    const engine = engineOf();
    await engine.run([goodJob(1)]);
    const edited = mappingOf({ edited: inWorker('true') }, { id: 'good', version: 'v2' });
    const results = await engine.run([goodJob(2), jobOf(edited)]);
    expect(results.flatMap(requestsOf)).toEqual([{ id: 'm-1', n: 2 }, { edited: true }]);
  });

  it('fails the job of a mapping that does not compile, and no other', async () => {
    const [broken, fine] = await engineOf().run([badJob('a +'), goodJob(1)]);
    expect(broken).toMatchObject({ kind: 'failed', code: 'TRANSFORM_ERROR', path: 'a' });
    expect(codeOf(fine)).toBe('parts');
  });

  it('carries every kind of result back', async () => {
    const recalls = mappingOf({ a: inWorker('$recall("wallet", "w-1").email') }, { id: 'recalls' });
    const value = { email: 'ann@example.com' };
    // The largest of these takes a busy machine longer than the usual deadline.
    const results = await engineOf({ deadlineMs: 10_000 }).run([
      jobOf(mappingOf({}, { id: 'never', when: formula('false', 'when') })),
      jobOf(recalls),
      jobOf(recalls, {}, { lookups: [{ kind: 'wallet', key: 'w-1', value: null }] }),
      jobOf(recalls, {}, { lookups: [{ kind: 'wallet', key: 'w-1', value }], trace: true }),
      jobOf(expressionOf('42', { id: 'number' })),
      badJob('$sum', 'function'),
      badJob('$join([1..90000].("0123456789"))', 'megabyte'),
    ]);
    expect(results.slice(0, 3).map((result) => result.kind)).toEqual(['skipped', 'needs', 'missing']);
    expect(results[3]).toMatchObject({ parts: [{ values: [{ path: 'a', value: value.email }] }] });
    expect(results.slice(4).map(failureIn)).toEqual(['TRANSFORM_NOT_OBJECT', 'TRANSFORM_ERROR', 'TRANSFORM_TOO_LARGE']);
  });
});

describe('a job that does not end', () => {
  it.each([
    ['an endless loop', ENDLESS],
    ['a catastrophic regular expression', CATASTROPHIC],
  ])('is killed while its neighbours succeed and the event loop turns: %s', async (_, text) => {
    const jobs = [goodJob(0), badJob(text), goodJob(2), goodJob(3)];
    const { value: results, ticks } = await counting(engineOf().run(jobs));
    expect(results.map(codeOf)).toEqual(['parts', 'TRANSFORM_TIMEOUT', 'parts', 'parts']);
    expect(results[1]).toHaveProperty('message', 'It did not end within 250 ms, twice, the second time alone.');
    expect(ticks).toBeGreaterThan(20);
  });

  it('does not hold up other chunks for more than one deadline', async () => {
    const engine = engineOf();
    const order: string[] = [];
    const bad = engine.run([badJob(CATASTROPHIC)]).then(() => order.push('bad'));
    const other = engine.run([goodJob(1)]).then(() => order.push('good'));
    await Promise.all([bad, other]);
    expect(order).toEqual(['good', 'bad']);
  });

  it('costs a healthy job of the same mapping nothing', async () => {
    const mapping = badMapping(CATASTROPHIC);
    const results = await engineOf().run([jobOf(mapping, BODY), jobOf(mapping, { data: { x: 'aaa' } })]);
    expect(results.map(codeOf)).toEqual(['TRANSFORM_TIMEOUT', 'parts']);
  });

  it('ends over all parts together, not each for itself', async () => {
    const mapping = mappingOf({ a: `=$index = 0 ? 1 : ${ENDLESS}` }, { each: formula('[1..3]', 'each') });
    expect((await engineOf().run([jobOf(mapping)])).map(codeOf)).toEqual(['TRANSFORM_TIMEOUT']);
  });
});

describe('a job that takes too much', () => {
  it.each([
    ['values', '[1..90000].[1..9000]', 'TRANSFORM_MEMORY'],
    ['lists', '($s := $pad("x", 1000000); [1..3000].$split($s, ""))', 'TRANSFORM_MEMORY'],
    ['padding', '$pad("x", 500000000)', 'TRANSFORM_ERROR'],
    [
      'doubling',
      '($f := function($s, $n) { $n = 0 ? $length($s) : $f($s & $s, $n - 1) }; $f("xxxxxxxx", 25))',
      'TRANSFORM_ERROR',
    ],
    ['joining', '($s := $pad("x", 1000000); $length($join([1..400].$s)))', 'TRANSFORM_ERROR'],
    ['printing', '($s := $pad("x", 1000000); $length("" & [1..400].$s))', 'TRANSFORM_ERROR'],
    ['cloning', '($s := $pad("x", 1000000); {"a": [1..400].$s} ~> |$|{}|)', 'TRANSFORM_ERROR'],
    ['replacing', '$length($replace($pad("x", 9000, "x"), "x", $pad("y", 50000)))', 'TRANSFORM_ERROR'],
    [
      'encoding',
      '($f := function($s, $n) { $n = 0 ? $length($s) : $f($base64encode($s), $n - 1) }; $f("xxxxxxxx", 60))',
      'TRANSFORM_ERROR',
    ],
  ])('fails alone, and the process lives on: %s', async (_, text, code) => {
    const { value: results, ticks } = await counting(
      engineOf({ deadlineMs: 2_000 }).run([goodJob(1), badJob(text), goodJob(2)]),
    );
    expect(failureIn(results[1])).toContain(code);
    expect([codeOf(results[0]), codeOf(results[2])]).toEqual(['parts', 'parts']);
    expect(ticks).toBeGreaterThan(0);
  });
});

describe('a mapping that keeps dying', () => {
  it('is set aside after five deaths in a row, until its text changes', async () => {
    const told: string[] = [];
    const engine = engineOf({ deadlineMs: 100, onQuarantine: (version, id) => told.push(`${id} ${version}`) });
    const codes = (await engine.run(Array.from({ length: 8 }, () => badJob(CATASTROPHIC)))).map(codeOf);
    expect(codes.filter((code) => code === 'TRANSFORM_TIMEOUT')).toHaveLength(5);
    expect(codes.filter((code) => code === 'TRANSFORM_QUARANTINED')).toHaveLength(3);
    expect(told).toEqual(['bad v1']);
    const edited = { ...badMapping('data.x'), version: 'v2' };
    const after = await engine.run([badJob(CATASTROPHIC), jobOf(edited, BODY), goodJob(1)]);
    expect(after.map(codeOf)).toEqual(['TRANSFORM_QUARANTINED', 'parts', 'parts']);
    expect(told).toHaveLength(1);
  });

  it('is not set aside as long as some of its jobs survive', async () => {
    const told: string[] = [];
    const engine = engineOf({ deadlineMs: 100, onQuarantine: (version) => told.push(version) });
    const mapping = badMapping(CATASTROPHIC);
    for (let round = 0; round < 3; round++) {
      const deaths = await engine.run([jobOf(mapping, BODY), jobOf(mapping, BODY)]);
      expect(deaths.map(codeOf)).toEqual(['TRANSFORM_TIMEOUT', 'TRANSFORM_TIMEOUT']);
      expect((await engine.run([jobOf(mapping, { data: { x: 'aaa' } })])).map(codeOf)).toEqual(['parts']);
    }
    expect(told).toEqual([]);
  });
});

describe('closing', () => {
  it('answers what still runs and whatever comes later', async () => {
    const engine = engineOf();
    const running = engine.run([badJob(CATASTROPHIC), goodJob(1)]);
    const queued = engine.run([goodJob(2)]);
    await Promise.all([engine.close(), engine.close()]);
    const late = engine.run([goodJob(3)]);
    const results = (await Promise.all([running, queued, late])).flat();
    expect(results.map(codeOf)).toEqual(Array(4).fill('TRANSFORM_CRASHED'));
    expect(results[3]).toHaveProperty('message', 'The transform engine is closed.');
  });
});

describe('different clocks', () => {
  it('never mix, however runs overlap', async () => {
    const engine = engineOf({ workers: 2 });
    const mapping = mappingOf({ at: inWorker('$millis()'), now: inWorker('$now()') }, { id: 'clock' });
    const clocks = Array.from({ length: 60 }, (_, index) => index * 86_400_000);
    const runs = clocks.map((clockMs) => engine.run([jobOf(mapping, {}, { input: inputOf({}, { clockMs }) })]));
    const results = (await Promise.all(runs)).flat();
    expect(results.flatMap(requestsOf)).toEqual(clocks.map((at) => ({ at, now: new Date(at).toISOString() })));
  });
});
