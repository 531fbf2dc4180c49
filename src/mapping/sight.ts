import { matchesPattern } from '../core/rule-set.ts';
import type { EventCatalogue } from '../ports/source.ts';
import type { EventSight, MappingSight } from '../ports/transform-engine.ts';
import type { Scope } from './scope.ts';
import type { YamlEntry } from './yaml-node.ts';

/** What a mapping listens to, as far as it could be read. */
interface Listening {
  /** Null = any source. */
  readonly source: string | null;
  readonly events: readonly string[];
  readonly each: YamlEntry | undefined;
}

/** What the formulas of a mapping see. Where a source does not list its events, nothing is known of them. */
export function sightOf({ source, events, each }: Listening, { sources }: Pick<Scope, 'sources'>): MappingSight {
  const catalogues = source === null ? [...sources.values()] : [sources.get(source)].filter((one) => one !== undefined);
  return {
    events: knownEvents(catalogues, events),
    facts: new Map(catalogues.flatMap((catalogue) => [...(catalogue.facts ?? [])])),
    each: formulaTextOf(each),
  };
}

/** Null when an event may come of which there is no schema. */
function knownEvents(catalogues: readonly EventCatalogue[], patterns: readonly string[]): readonly EventSight[] | null {
  const isKnown = (pattern: string, { events }: EventCatalogue) =>
    events.size > 0 && [...events.keys()].some((name) => matchesPattern(pattern, name));
  const allKnown = patterns.every((pattern) => catalogues.some((catalogue) => isKnown(pattern, catalogue)));
  if (patterns.length === 0 || !allKnown || catalogues.some(({ events }) => events.size === 0)) return null;
  const found = new Map<EventSight['schema'], EventSight>();
  for (const { events, secrets } of catalogues) {
    for (const [name, schema] of events) {
      if (!patterns.some((pattern) => matchesPattern(pattern, name))) continue;
      found.set(schema, { name, schema, secrets: secrets?.get(name) ?? [] });
    }
  }
  return [...found.values()];
}

function formulaTextOf(each: YamlEntry | undefined): string | null {
  if (each?.value.kind !== 'scalar' || typeof each.value.value !== 'string') return each ? '' : null;
  return each.value.value.trim().replace(/^=/, '');
}
