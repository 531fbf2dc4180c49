import type { Mapping, Template } from '../core/mapping.ts';
import { isFormula, readFormula } from './formula.ts';
import { expected } from './read-values.ts';
import type { Scope } from './scope.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';
import { numberTrap } from './yaml-traps.ts';

type TemplateScope = Pick<Scope, 'findings' | 'text' | 'checker'>;

/** Reads `transform`: keys make a template, text is one expression. Null when it is neither or at fault. */
export function readTransform(entry: YamlEntry, scope: TemplateScope): Mapping['transform'] | null {
  const { value } = entry;
  if (value.kind === 'map') return { kind: 'template', template: readTemplate(value, '', scope) };
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    const formula = readFormula(value, 'transform', scope);
    return formula && { kind: 'expression', formula };
  }
  expected('transform', 'the keys of the request, or one formula', value, scope);
  return null;
}

/** A formula at fault stays as a literal null: its finding refuses the file anyway. */
function readTemplate(node: YamlNode, path: string, scope: TemplateScope): Template {
  if (node.kind === 'map') {
    const entries = node.entries.map(({ key, value }) => {
      return [key, readTemplate(value, path === '' ? key : `${path}.${key}`, scope)] as const;
    });
    return { kind: 'object', entries };
  }
  if (node.kind === 'list') {
    return { kind: 'array', items: node.items.map((item, index) => readTemplate(item, `${path}[${index}]`, scope)) };
  }
  if (isFormula(node)) {
    const formula = readFormula(node, path, scope);
    return formula ? { kind: 'formula', formula } : { kind: 'literal', value: null };
  }
  const trap = numberTrap(node);
  if (trap) scope.findings.error(trap.code, trap.offset, trap.message, undefined, trap.fix);
  return { kind: 'literal', value: node.value };
}
