import { ERRORS } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Expectation, MappingTest } from '../core/mapping.ts';
import { renaming } from './fix-name.ts';
import { TEST_KEYS } from './keys.ts';
import { expected, fieldsOf, readText } from './read-values.ts';
import { checkSampleDigits } from './sample-digits.ts';
import type { Scope } from './scope.ts';
import { didYouMean, shown } from './shown.ts';
import { jsonOf, type YamlEntry, type YamlNode } from './yaml-node.ts';

type TestScope = Pick<Scope, 'findings' | 'sources'>;

const OUTCOMES = ['skipped', 'waiting'];
const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Reads `tests`. */
export function readTests(entry: YamlEntry | undefined, scope: TestScope): readonly MappingTest[] {
  if (!entry) return [];
  if (entry.value.kind === 'list') {
    return entry.value.items.flatMap((item, index) => readTest(item, index, scope) ?? []);
  }
  expected('tests', 'a list of tests', entry.value, scope);
  return [];
}

function readTest(node: YamlNode, index: number, scope: TestScope): MappingTest | null {
  if (node.kind !== 'map') {
    expected('A test', `a map with ${TEST_KEYS.join(', ')}`, node, scope);
    return null;
  }
  const fields = fieldsOf(node, TEST_KEYS, 'A test', scope);
  const event = readEvent(fields.get('event'), node, scope);
  const test = {
    name: readText(fields.get('name'), scope) ?? `test ${index + 1}`,
    recall: readRecall(fields.get('recall'), scope),
    atMs: readAt(fields.get('at'), scope),
    expect: readExpectation(fields.get('expect'), scope),
    ...scope.findings.locate(node.start),
  };
  return event && { ...test, event };
}

function readEvent(entry: YamlEntry | undefined, test: YamlNode, scope: TestScope): MappingTest['event'] | null {
  if (!entry) {
    scope.findings.error(
      'MAPPING_INVALID',
      test.start,
      'A test needs an event',
      'Give it an event, or the path of a sample.',
    );
    return null;
  }
  checkSampleDigits(entry.value, scope);
  const value = jsonOf(entry.value);
  if (isJsonObject(value)) return { kind: 'inline', value };
  if (typeof value !== 'string' || value.trim() === '') {
    expected('event', 'an event, or the path of a sample', entry.value, scope);
    return null;
  }
  if (!/^([/\\]|[A-Za-z]:)/.test(value)) return { kind: 'file', path: value };
  expected('event', 'a path relative to this file', entry.value, scope, 'Put the sample next to the mapping file.');
  return null;
}

function readRecall(entry: YamlEntry | undefined, scope: TestScope): MappingTest['recall'] {
  if (!entry) return {};
  checkSampleDigits(entry.value, scope);
  const recall = jsonOf(entry.value);
  if (isJsonObject(recall) && isFacts(recall)) return recall;
  expected('recall', 'facts as kind: { key: value }', entry.value, scope);
  return {};
}

function isFacts(recall: JsonObject): recall is { readonly [kind: string]: JsonObject } {
  return Object.values(recall).every(isJsonObject);
}

function readAt(entry: YamlEntry | undefined, scope: TestScope): number | null {
  const text = readText(entry, scope);
  if (text === null || !entry) return null;
  const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  expected('at', 'a time with its offset, such as 2026-02-11T09:30:00+01:00', entry.value, scope);
  return null;
}

function readExpectation(entry: YamlEntry | undefined, scope: TestScope): Expectation | null {
  if (!entry) return null;
  checkSampleDigits(entry.value, scope);
  const value = jsonOf(entry.value);
  if (value === 'skipped' || value === 'waiting') return { kind: value };
  if (Array.isArray(value) && value.every(isJsonObject)) return { kind: 'requests', requests: value };
  if (isJsonObject(value)) return readRequestOrError(value, entry, scope);
  const remedy = typeof value === 'string' ? (didYouMean(value, OUTCOMES) ?? undefined) : undefined;
  const fix = typeof value === 'string' ? renaming(value, OUTCOMES, entry.value.start, scope.findings.text) : null;
  expected(
    'expect',
    'a part of the request, a list of them, skipped, waiting, or { error: CODE }',
    entry.value,
    scope,
    remedy,
    fix,
  );
  return null;
}

function readRequestOrError(value: JsonObject, entry: YamlEntry, scope: TestScope): Expectation | null {
  const code: Json | undefined = value['error'];
  if (typeof code !== 'string' || Object.keys(value).length !== 1) return { kind: 'requests', requests: [value] };
  if (Object.hasOwn(ERRORS, code)) return { kind: 'error', code };
  const remedy = didYouMean(code, Object.keys(ERRORS)) ?? 'docs/errors.md lists every code.';
  scope.findings.error('MAPPING_INVALID', entry.value.start, `There is no error code ${shown(code)}`, remedy);
  return null;
}
