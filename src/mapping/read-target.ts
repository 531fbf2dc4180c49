import { matchesPattern } from '../core/rule-set.ts';
import type { Endpoint } from '../ports/destination.ts';
import { renaming } from './fix-name.ts';
import { expected, readText } from './read-values.ts';
import type { Scope } from './scope.ts';
import { didYouMean, shown } from './shown.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

/** Where a mapping sends. */
export interface Target {
  readonly destination: string;
  readonly endpoint: string;
  /** What the endpoint is: for the check of the request's shape. */
  readonly declared: Endpoint;
}

/** Reads `to: destination.endpoint`. Null when it names none that is configured. */
export function readTarget(entry: YamlEntry, scope: Pick<Scope, 'findings' | 'destinations'>): Target | null {
  const { findings, destinations } = scope;
  const address = readText(entry, scope);
  if (address === null) return null;
  const offset = entry.value.start;
  const [destination = '', endpoint, ...rest] = address.split('.');
  if (!endpoint || rest.length > 0) {
    const addresses = addressesOf(scope);
    const fix = renaming(address, addresses, offset, findings.text);
    expected('to', 'destination.endpoint', entry.value, scope, didYouMean(address, addresses) ?? undefined, fix);
    return null;
  }
  const catalogue = destinations.get(destination);
  if (!catalogue) {
    const message = `No destination ${shown(destination)} is configured`;
    const remedy = didYouMean(destination, [...destinations.keys()]) ?? undefined;
    const fix = renaming(destination, [...destinations.keys()], offset, findings.text);
    findings.error('MAPPING_UNKNOWN_DESTINATION', offset, message, remedy, fix);
    return null;
  }
  const declared = catalogue.endpoints.get(endpoint);
  if (!declared) {
    const message = `${destination} has no endpoint ${shown(endpoint)}`;
    const remedy = didYouMean(endpoint, [...catalogue.endpoints.keys()]) ?? undefined;
    const fix = renaming(address, addressesOf(scope), offset, findings.text);
    findings.error('MAPPING_UNKNOWN_ENDPOINT', offset, message, remedy, fix);
    return null;
  }
  return { destination, endpoint, declared };
}

/** Reads `source`. Null = any source. */
export function readSource(entry: YamlEntry | undefined, scope: Pick<Scope, 'findings' | 'sources'>): string | null {
  const source = readText(entry, scope);
  if (source === null || !entry || scope.sources.has(source)) return source;
  const message = `No source ${shown(source)} is configured`;
  const remedy = didYouMean(source, [...scope.sources.keys()]) ?? undefined;
  const fix = renaming(source, [...scope.sources.keys()], entry.value.start, scope.findings.text);
  scope.findings.error('MAPPING_UNKNOWN_SOURCE', entry.value.start, message, remedy, fix);
  return source;
}

/** Reads `event`: a name, a pattern, or a list of them. Names are checked where every source that applies lists its events. */
export function readEvents(
  entry: YamlEntry,
  source: string | null,
  scope: Pick<Scope, 'findings' | 'sources'>,
): readonly string[] {
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) expected('event', 'at least one name', entry.value, scope);
  const known = knownEvents(source, scope);
  return nodes.flatMap((node) => {
    const name = readText({ ...entry, value: node }, scope);
    if (name !== null && known !== null) checkName(name, node, known, scope);
    return name === null ? [] : [name];
  });
}

/** Every event name of the sources that apply; null when one of them may send others too. */
function knownEvents(source: string | null, scope: Pick<Scope, 'sources'>): readonly string[] | null {
  const named = source === null ? [...scope.sources.values()] : [scope.sources.get(source)];
  const lists = named.map((catalogue) => [...(catalogue?.events.keys() ?? [])]);
  if (lists.length === 0 || lists.some((names) => names.length === 0)) return null;
  return [...new Set(lists.flat())];
}

function checkName(name: string, node: YamlNode, known: readonly string[], scope: Pick<Scope, 'findings'>): void {
  if (known.some((candidate) => matchesPattern(name, candidate))) return;
  const isPattern = name.includes('*');
  const message = isPattern ? `No event matches the pattern ${shown(name)}` : `No source sends an event ${shown(name)}`;
  const remedy = didYouMean(name.replaceAll('*', ''), known) ?? undefined;
  const fix = isPattern ? null : renaming(name, known, node.start, scope.findings.text);
  scope.findings.error('MAPPING_UNKNOWN_EVENT', node.start, message, remedy, fix);
}

function addressesOf({ destinations }: Pick<Scope, 'destinations'>): readonly string[] {
  return [...destinations].flatMap(([id, { endpoints }]) => [...endpoints.keys()].map((name) => `${id}.${name}`));
}
