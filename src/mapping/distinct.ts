import type { Mapping, Template } from '../core/mapping.ts';
import type { Target } from './read-target.ts';
import type { Scope } from './scope.ts';
import type { YamlEntry } from './yaml-node.ts';

/** What tells one event of its kind from every other, wherever it stands in a formula. */
const UNIQUE =
  /\$eventId\s*\(|\b(message|request|transaction|transfer|redemption|redeemed\w*|issued\w*|order|purchase|document|trigger|effect|customEvent)(Id|Number)\b|[cC]oupon\.code\b|\btoken\b/;
/** What tells one part of an event from the others. */
const OF_PART = /\$eventId\s*\(|\$index\b|\$item\b[\s\S]*(Id|Number|code)\b/;

/**
 * Warns where nothing tells two events apart and the destination takes equal requests for one. Ids of the member, the
 * tier or the reward do not: they are the same the next time.
 */
export function checkDistinct(
  written: YamlEntry,
  { declared, destination, endpoint }: Target,
  { transform, each }: Pick<Mapping, 'transform' | 'each'>,
  scope: Pick<Scope, 'findings'>,
): void {
  const { distinctBy } = declared;
  if (distinctBy === undefined) return;
  const place = transform.kind === 'expression' ? transform : entryOf(transform.template, distinctBy);
  const texts = place === null ? [] : formulasOf(place);
  // One formula that makes all of it may take anything from the event.
  if (place?.kind === 'formula') return;
  const isDistinct = texts.some((text) => UNIQUE.test(text)) && (!each || texts.some((text) => OF_PART.test(text)));
  if (isDistinct) return;
  const of = each ? 'two requests of one event' : 'two events';
  const message = `Nothing under ${distinctBy} tells ${of} apart: ${destination}.${endpoint} takes equal ones for one`;
  scope.findings.warning('MAPPING_NO_EVENT_ID', keyStart(written, distinctBy), message);
}

function entryOf(template: Template, key: string): Template | null {
  if (template.kind !== 'object') return null;
  return template.entries.find(([name]) => name === key)?.[1] ?? null;
}

function formulasOf(node: Template | Extract<Mapping['transform'], { kind: 'expression' }>): readonly string[] {
  if (node.kind === 'formula' || node.kind === 'expression') return [node.formula.text];
  if (node.kind === 'object') return node.entries.flatMap(([, child]) => formulasOf(child));
  return node.kind === 'array' ? node.items.flatMap(formulasOf) : [];
}

function keyStart({ keyStart: own, value }: YamlEntry, key: string): number {
  const entry = value.kind === 'map' ? value.entries.find((one) => one.key === key) : undefined;
  return entry?.keyStart ?? own;
}
