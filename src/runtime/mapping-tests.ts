import type { DeliveryDraft } from '../core/delivery.ts';
import { PointsmanError } from '../core/errors.ts';
import type { Fact, FactKey, MemberIdKind, StoredEvent } from '../core/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Lint } from '../core/lint.ts';
import type { Mapping, MappingTest } from '../core/mapping.ts';
import { judge, type Mismatch, type Outcome } from '../mapping/judge.ts';
import { draftsOf } from '../pipeline/receive/draft.ts';
import { type ShapeTools, shape } from '../pipeline/route/shape.ts';
import type { Source } from '../ports/source.ts';

/** Tests speak about a mapping, not about an installation: they see the default choice. */
const TESTED_MEMBER_ID: MemberIdKind = 'email';

/** One test of one mapping, run. */
export interface TestReport {
  readonly mapping: Mapping;
  readonly test: MappingTest;
  readonly outcome: Outcome;
  /** Empty = passed, or nothing was expected. */
  readonly mismatches: readonly Mismatch[];
}

/** What running tests needs: the same shaping as the real thing, and no network. */
export interface TestTools extends Pick<ShapeTools, 'engine' | 'endpoint'> {
  readonly sources: ReadonlyMap<string, Source>;
  /** A sample's text, by its path relative to the mapping's file. */
  readonly readSample: (mapping: Mapping, path: string) => Promise<string>;
}

/** Runs every test of these mappings. */
export async function runMappingTests(mappings: readonly Mapping[], tools: TestTools): Promise<readonly TestReport[]> {
  const cases = mappings.flatMap((mapping) => mapping.tests.map((test) => ({ mapping, test })));
  return Promise.all(cases.map(({ mapping, test }) => runTest(mapping, test, tools)));
}

/** The findings of failed tests, at the place of each test. */
export function lintsOf(reports: readonly TestReport[]): readonly Lint[] {
  return reports.flatMap(({ mapping, test, mismatches }) =>
    mismatches.slice(0, 1).map(({ path, expected, actual }) => ({
      file: mapping.file,
      line: test.line,
      column: test.column,
      severity: 'error' as const,
      code: 'MAPPING_TEST_FAILED' as const,
      message: `Test "${test.name}" failed at ${path || 'the result'}: expected ${expected}, got ${actual}`,
      remedy: 'Correct the transform, or what the test expects.',
    })),
  );
}

/** A stored event made of a body, as if it had just come through the source's door. */
export function eventOf(source: Source, body: string, receivedAtMs: number): StoredEvent {
  const bytes = new TextEncoder().encode(body);
  const [drafted] = draftsOf({ source, body: bytes, receivedAtMs, signature: null }, []);
  if (!drafted) throw new PointsmanError('SOURCE_NOT_JSON', 'The body holds no event');
  return { ...drafted.draft, id: 0 };
}

/** What a shaped event came to, as tests see it. */
export function outcomeOf(drafts: readonly DeliveryDraft[]): Outcome {
  const [first] = drafts;
  if (!first || first.status === 'skipped') return { kind: 'skipped' };
  if (first.status === 'waiting') return { kind: 'waiting' };
  if (drafts.length === 1 && first.code)
    return { kind: 'error', code: first.code, message: first.detail ?? first.code };
  return {
    kind: 'requests',
    requests: drafts.map(({ request, code }) =>
      request === null ? { error: code ?? 'TRANSFORM_ERROR' } : (JSON.parse(request) as JsonObject),
    ),
  };
}

async function runTest(mapping: Mapping, test: MappingTest, tools: TestTools): Promise<TestReport> {
  const outcome = await outcomeOfTest(mapping, test, tools);
  return { mapping, test, outcome, mismatches: test.expect === null ? [] : judge(test.expect, outcome) };
}

async function outcomeOfTest(mapping: Mapping, test: MappingTest, tools: TestTools): Promise<Outcome> {
  const source = tools.sources.get(mapping.source ?? '') ?? [...tools.sources.values()][0];
  if (!source) return { kind: 'error', code: 'MAPPING_UNKNOWN_SOURCE', message: 'No source is configured' };
  try {
    const body =
      test.event.kind === 'inline'
        ? JSON.stringify(test.event.value)
        : await tools.readSample(mapping, test.event.path);
    const event = eventOf(source, body, test.atMs ?? 0);
    const timed = test.atMs === null ? event : { ...event, clockMs: test.atMs };
    const shaping = { event: timed, mapping, run: 0, waitingSinceMs: timed.clockMs, nowMs: timed.clockMs };
    const [drafts = []] = await shape([shaping], {
      ...tools,
      memberIdKind: TESTED_MEMBER_ID,
      facts: async (keys) => keys.map((key) => recalled(test, key)),
    });
    return outcomeOf(drafts);
  } catch (cause) {
    return { kind: 'error', code: 'SOURCE_NOT_JSON', message: cause instanceof Error ? cause.message : String(cause) };
  }
}

function recalled(test: MappingTest, key: FactKey): Fact | null {
  const value = test.recall[key.kind]?.[key.key];
  return value === undefined ? null : { ...key, value, learnedAtMs: 0 };
}
