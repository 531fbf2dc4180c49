import { createHash } from 'node:crypto';
import type { Mapping } from '../core/mapping.ts';
import type { ReadId, ReadMapping } from './compile-memory.ts';
import { checkDistinct } from './distinct.ts';
import { readFormulaKey } from './formula.ts';
import { AMBIGUOUS_POLICIES, ID_PATTERN, MAPPING_KEYS, MODES, ORDERS } from './keys.ts';
import { readRetry } from './read-retry.ts';
import { readEvents, readSource, readTarget } from './read-target.ts';
import { readTests } from './read-tests.ts';
import { expected, fieldsOf, readChoice, readFlag, readText } from './read-values.ts';
import type { Scope, SightedScope } from './scope.ts';
import { shown } from './shown.ts';
import { sightOf } from './sight.ts';
import { readTransform } from './template.ts';
import type { YamlDocument } from './yaml-documents.ts';
import { kindOf, type YamlEntry, type YamlMap } from './yaml-node.ts';

type Fields = ReadonlyMap<string, YamlEntry>;

const REQUIRED = ['event', 'to', 'transform'] as const;

/** Reads one document of a mapping file. `defaultId` is null where the document must write its own. */
export function readMapping(document: YamlDocument, defaultId: string | null, scope: Scope): ReadMapping {
  if (document.yaml === 'broken') return { id: null, mapping: null };
  const { root } = document;
  if (root?.kind !== 'map') {
    const is = root === null ? 'empty' : kindOf(root);
    const remedy = 'Write keys such as event, to and transform, or remove the ---.';
    scope.findings.error('MAPPING_INVALID', root?.start ?? document.start, `This document is ${is}`, remedy);
    return { id: null, mapping: null };
  }
  const before = scope.findings.errorCount;
  const fields = fieldsOf(root, MAPPING_KEYS, 'A mapping', scope);
  const id = readId(fields.get('id'), defaultId, root, scope);
  const mapping = readParts(document, fields, id?.id ?? '', root, scope);
  return { id, mapping: scope.findings.errorCount === before ? mapping : null };
}

function readParts(document: YamlDocument, fields: Fields, id: string, root: YamlMap, scope: Scope): Mapping | null {
  for (const key of REQUIRED) {
    if (!fields.has(key)) scope.findings.error('MAPPING_INVALID', root.start, `${key} is missing`, `Add ${key}.`);
  }
  const [event, to, written] = REQUIRED.map((key) => fields.get(key));
  const source = readSource(fields.get('source'), scope);
  const events = event ? readEvents(event, source, scope) : [];
  const sight = sightOf({ source, events, each: fields.get('each') }, scope);
  const sighted = { ...scope, sight };
  const target = to ? readTarget(to, scope) : null;
  const before = scope.findings.errorCount;
  const transform = written ? readTransform(written, target?.declared.schema ?? null, sighted) : null;
  const isClean = scope.findings.errorCount === before;
  // What the YAML left out would only be missed a second time.
  if (written && target && transform?.kind === 'template' && document.yaml === 'sound') {
    scope.checkShape(written, target.declared, `${target.destination}.${target.endpoint}`, scope.findings);
  }
  const options = readOptions(fields, sighted);
  if (!target || !transform) return null;
  if (written && isClean) checkDistinct(written, target, { transform, each: options.each }, scope);
  const { destination, endpoint } = target;
  const version = createHash('sha256').update(document.text).digest('hex');
  return {
    id,
    file: scope.file,
    version,
    text: document.text,
    source,
    events,
    transform,
    destination,
    endpoint,
    ...options,
  };
}

function readOptions(fields: Fields, scope: SightedScope) {
  return {
    description: readText(fields.get('description'), scope),
    enabled: readFlag(fields.get('enabled'), true, scope),
    when: readFormulaKey(fields.get('when'), { kind: 'before-each' }, scope),
    each: readFormulaKey(fields.get('each'), { kind: 'before-each' }, scope),
    member: readFormulaKey(fields.get('member'), { kind: 'member' }, scope),
    order: readChoice(fields.get('order'), ORDERS, scope),
    mode: readChoice(fields.get('mode'), MODES, scope),
    onAmbiguous: readChoice(fields.get('onAmbiguous'), AMBIGUOUS_POLICIES, scope),
    retry: readRetry(fields.get('retry'), scope),
    tests: readTests(fields.get('tests'), scope),
  };
}

function readId(entry: YamlEntry | undefined, defaultId: string | null, root: YamlMap, scope: Scope): ReadId | null {
  const form = 'small letters, digits and hyphens, a letter first, at most 63 characters';
  if (entry) {
    const id = readText(entry, scope);
    if (id === null || ID_PATTERN.test(id)) return id === null ? null : { id, offset: entry.value.start };
    expected('id', form, entry.value, scope);
    return null;
  }
  if (defaultId === null) {
    const message = 'A second mapping in one file needs an id of its own';
    scope.findings.error('MAPPING_INVALID', root.start, message, 'Add id: with another name than the first.');
    return null;
  }
  if (ID_PATTERN.test(defaultId)) return { id: defaultId, offset: root.start };
  const message = `The file's name gives the id ${shown(defaultId)}; an id is ${form}`;
  scope.findings.error('MAPPING_INVALID', root.start, message, 'Rename the file, or add id:.');
  return null;
}
