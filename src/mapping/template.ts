import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Mapping, Template } from '../core/mapping.ts';
import { isFormula, readFormula } from './formula.ts';
import { checkLiteral } from './literal-trap.ts';
import { expected } from './read-values.ts';
import type { SightedScope } from './scope.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';
import { numberTrap } from './yaml-traps.ts';

type TemplateScope = Pick<SightedScope, 'findings' | 'text' | 'checker' | 'sight'>;

/**
 * Reads `transform`: keys make a template, text is one expression. Null when it is neither or at fault. `wanted` is the
 * endpoint's schema, null where it is not known.
 */
export function readTransform(
  entry: YamlEntry,
  wanted: JsonObject | null,
  scope: TemplateScope,
): Mapping['transform'] | null {
  const { value } = entry;
  if (value.kind === 'map') return { kind: 'template', template: readTemplate(value, '', wanted, scope) };
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    const formula = readFormula(value, 'transform', { kind: 'sent', wanted }, scope);
    return formula && { kind: 'expression', formula };
  }
  expected('transform', 'the keys of the request, or one formula', value, scope);
  return null;
}

/** A formula at fault stays as a literal null: its finding refuses the file anyway. */
function readTemplate(node: YamlNode, path: string, wanted: JsonObject | null, scope: TemplateScope): Template {
  if (node.kind === 'map') {
    const entries = node.entries.map(({ key, value }) => {
      const at = path === '' ? key : `${path}.${key}`;
      return [key, readTemplate(value, at, wantedAt(wanted, key), scope)] as const;
    });
    return { kind: 'object', entries };
  }
  if (node.kind === 'list') {
    const items = node.items.map((item, index) => {
      return readTemplate(item, `${path}[${index}]`, schemaAt(wanted?.['items']), scope);
    });
    return { kind: 'array', items };
  }
  if (isFormula(node)) {
    const formula = readFormula(node, path, { kind: 'sent', wanted }, scope);
    return formula ? { kind: 'formula', formula } : { kind: 'literal', value: null };
  }
  const trap = numberTrap(node);
  if (trap) scope.findings.error(trap.code, trap.offset, trap.message, undefined, trap.fix);
  checkLiteral(node, scope.sight, scope);
  return { kind: 'literal', value: node.value };
}

/** The schema of a key in the request; null where it is not simply said. */
function wantedAt(wanted: JsonObject | null, key: string): JsonObject | null {
  const properties = schemaAt(wanted?.['properties']) ?? {};
  return schemaAt(Object.hasOwn(properties, key) ? properties[key] : wanted?.['additionalProperties']);
}

function schemaAt(schema: Json | undefined): JsonObject | null {
  return isJsonObject(schema) ? schema : null;
}
