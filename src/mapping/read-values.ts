import type { TextEdit } from '../core/lint.ts';
import { renaming } from './fix-name.ts';
import type { Scope } from './scope.ts';
import { didYouMean, listed, shown } from './shown.ts';
import { kindOf, type YamlEntry, type YamlMap, type YamlNode } from './yaml-node.ts';

/** The entries of a map by key; reports the keys that are not in the list. `where` is how messages call the map. */
export function fieldsOf(
  map: YamlMap,
  keys: readonly string[],
  where: string,
  scope: Pick<Scope, 'findings'>,
): ReadonlyMap<string, YamlEntry> {
  for (const { key, keyStart } of map.entries) {
    if (keys.includes(key)) continue;
    const remedy = didYouMean(key, keys) ?? `Use one of: ${keys.join(', ')}.`;
    const fix = renaming(key, keys, keyStart, scope.findings.text);
    scope.findings.error('MAPPING_UNKNOWN_KEY', keyStart, `${where} has no key ${shown(key)}`, remedy, fix);
  }
  return new Map(map.entries.map((entry) => [entry.key, entry]));
}

/** Reads text that is not blank; null and a finding when it is something else, null alone when absent. */
export function readText(entry: YamlEntry | undefined, scope: Pick<Scope, 'findings'>): string | null {
  if (!entry) return null;
  const { key, value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'string' && value.value.trim() !== '') return value.value;
  expected(key, 'text', value, scope);
  return null;
}

/** Reads `true` or `false`. */
export function readFlag(entry: YamlEntry | undefined, fallback: boolean, scope: Pick<Scope, 'findings'>): boolean {
  if (!entry) return fallback;
  if (entry.value.kind === 'scalar' && typeof entry.value.value === 'boolean') return entry.value.value;
  expected(entry.key, 'true or false', entry.value, scope);
  return fallback;
}

/** Reads one of the given words; the first is the default. */
export function readChoice<Choice extends string>(
  entry: YamlEntry | undefined,
  choices: readonly [Choice, ...Choice[]],
  scope: Pick<Scope, 'findings'>,
): Choice {
  if (!entry) return choices[0];
  const word = entry.value.kind === 'scalar' ? entry.value.value : null;
  const choice = choices.find((candidate) => candidate === word);
  if (choice !== undefined) return choice;
  const remedy = typeof word === 'string' ? (didYouMean(word, choices) ?? undefined) : undefined;
  const fix = typeof word === 'string' ? renaming(word, choices, entry.value.start, scope.findings.text) : null;
  expected(entry.key, listed(choices), entry.value, scope, remedy, fix);
  return choices[0];
}

/** Reports that a key's value is of the wrong kind. */
export function expected(
  key: string,
  wanted: string,
  actual: YamlNode,
  scope: Pick<Scope, 'findings'>,
  remedy?: string,
  fix: TextEdit | null = null,
): void {
  const is = actual.kind === 'scalar' && actual.value !== null ? shown(actual.value) : kindOf(actual);
  scope.findings.error('MAPPING_INVALID', actual.start, `${key} must be ${wanted}, not ${is}`, remedy, fix);
}
