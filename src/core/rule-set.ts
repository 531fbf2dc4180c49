import { NO_EVENT_NAME } from './event.ts';
import type { Mapping } from './mapping.ts';

/** All compiled mappings: one immutable snapshot. */
export interface RuleSet {
  readonly mappings: readonly Mapping[];
  readonly byId: ReadonlyMap<string, Mapping>;
  /** The mappings that an event of this name from this source runs through, in file order; none without a name. */
  match(source: string, eventName: string): readonly Mapping[];
}

/** Whether a mapping makes deliveries: neither switched off nor set to rest. */
export function isActive({ enabled, mode }: Pick<Mapping, 'enabled' | 'mode'>): boolean {
  return enabled && mode !== 'off';
}

/** Builds a rule set; matches are remembered per name, so that matching is one look-up. */
export function ruleSetOf(mappings: readonly Mapping[]): RuleSet {
  const active = mappings.filter(isActive);
  const remembered = new Map<string, readonly Mapping[]>();
  return {
    mappings,
    byId: new Map(mappings.map((mapping) => [mapping.id, mapping])),
    match(source, eventName) {
      if (eventName === NO_EVENT_NAME) return [];
      const key = `${source} ${eventName}`;
      const known = remembered.get(key);
      if (known) return known;
      const found = active.filter((mapping) => matches(mapping, source, eventName));
      // Names come from outside: an endless stream of new ones must not grow this for ever.
      if (remembered.size < 10_000) remembered.set(key, found);
      return found;
    },
  };
}

/** True when `name` equals the pattern, in which `*` stands for any run of characters. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  let position = first.length;
  const last = rest.pop() ?? '';
  for (const piece of rest) {
    const found = name.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return name.length - position >= last.length && name.endsWith(last);
}

function matches(mapping: Mapping, source: string, eventName: string): boolean {
  if (mapping.source !== null && mapping.source !== source) return false;
  return mapping.events.some((pattern) => matchesPattern(pattern, eventName));
}
