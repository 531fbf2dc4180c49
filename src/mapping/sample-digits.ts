import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { quotedDigits } from './fix-name.ts';
import type { Scope } from './scope.ts';
import { jsonOf, type YamlNode } from './yaml-node.ts';
import { numberTrap } from './yaml-traps.ts';

/**
 * Finds digits in a test that YAML read as a number though they are text: ambiguous ones anywhere, and in an event
 * those whose field is text in the source's schema (a card number without a leading zero).
 */
export function checkSampleDigits(node: YamlNode, scope: Pick<Scope, 'findings' | 'sources'>): void {
  check(node, eventSchema(node, scope), '', scope);
}

function check(node: YamlNode, schema: Json | undefined, path: string, scope: Pick<Scope, 'findings'>): void {
  const known = isJsonObject(schema) ? schema : {};
  if (node.kind === 'list') {
    for (const item of node.items) check(item, known['items'], path, scope);
    return;
  }
  if (node.kind === 'map') {
    const properties = isJsonObject(known['properties']) ? known['properties'] : {};
    for (const { key, value } of node.entries)
      check(value, properties[key], path === '' ? key : `${path}.${key}`, scope);
    return;
  }
  const trap = numberTrap(node);
  if (trap) scope.findings.error(trap.code, trap.offset, trap.message, undefined, trap.fix);
  else if (typeof node.value === 'number' && known['type'] === 'string') {
    const message = `${path} is text in this event, and YAML reads ${node.source} as a number`;
    scope.findings.error('MAPPING_YAML_NUMBER', node.start, message, undefined, quotedDigits(node));
  }
}

/** The schema of an inline event, by its name; undefined when no source knows it. */
function eventSchema(node: YamlNode, { sources }: Pick<Scope, 'sources'>): JsonObject | undefined {
  if (node.kind !== 'map') return undefined;
  const name = node.entries.find((entry) => entry.key === 'eventName');
  const schemas = [...sources.values()].map((catalogue) => catalogue.events.get(String(name && jsonOf(name.value))));
  return schemas.find((schema) => schema !== undefined);
}
