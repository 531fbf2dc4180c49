import { Buffer } from 'node:buffer';
import type { TextEdit } from '../core/lint.ts';
import type { Formula } from '../core/mapping.ts';
import type { FormulaFault, FormulaUse } from '../ports/transform-engine.ts';
import { keptFromComment } from './fix-formula.ts';
import { replacing } from './fix-name.ts';
import { expected } from './read-values.ts';
import type { SightedScope } from './scope.ts';
import { sourceOffset } from './source-offset.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts';
import { commentTrap, formulaTrap, isCutByComment } from './yaml-traps.ts';

type FormulaScope = Pick<SightedScope, 'findings' | 'text' | 'checker' | 'sight'>;

/** The longest formula, in bytes of UTF-8. */
const MAX_FORMULA_BYTES = 16 * 1024;

/** What a formula that a comment has cut comes to. */
const BROKEN = new Set(['MAPPING_FORMULA_SYNTAX', 'MAPPING_UNKNOWN_FUNCTION']);

/** True for a value of a template that is a formula: text that starts with `=`. */
export function isFormula(node: YamlNode): boolean {
  return node.kind === 'scalar' && typeof node.value === 'string' && startsWithEquals(node, node.value);
}

/** Reads a key that is always a formula: `when`, `each`, `member`. Null when absent or at fault. */
export function readFormulaKey(entry: YamlEntry | undefined, use: FormulaUse, scope: FormulaScope): Formula | null {
  if (!entry) return null;
  if (entry.value.kind === 'scalar' && entry.value.value !== null && typeof entry.value.value !== 'number') {
    return readFormula(entry.value, entry.key, use, scope);
  }
  const remedy = 'Write the formula after the key; one that begins with { or [ goes after | or in quotes.';
  expected(entry.key, 'a formula', entry.value, scope, remedy);
  return null;
}

/** Reads a formula and checks it; findings stand at the faulty character. Null when it has any. */
export function readFormula(node: YamlScalar, path: string, use: FormulaUse, scope: FormulaScope): Formula | null {
  const { findings, text } = scope;
  const trap = formulaTrap(node, text);
  if (trap) {
    const fix = trap.code === 'MAPPING_YAML_COMMENT' ? keptFromComment(node, text, scope.checker) : trap.fix;
    findings.error(trap.code, trap.offset, trap.message, undefined, fix);
    return null;
  }
  const value = typeof node.value === 'string' ? node.value : node.source;
  const first = startsWithEquals(node, value) ? value.indexOf('=') + 1 : 0;
  const formula = value.slice(first).trimEnd();
  if (!isSound(formula, first, node, use, scope)) return null;
  const { line, column } = findings.locate(sourceOffset(node, text, first));
  return { text: formula, path, line, column };
}

function isSound(formula: string, first: number, node: YamlScalar, use: FormulaUse, scope: FormulaScope): boolean {
  const { findings, text, checker, sight } = scope;
  if (formula.trim() === '') {
    findings.error('MAPPING_FORMULA_SYNTAX', node.start, 'The formula is empty', 'Write a formula, or remove the key.');
    return false;
  }
  const bytes = Buffer.byteLength(formula);
  if (bytes > MAX_FORMULA_BYTES) {
    findings.error('MAPPING_TOO_LARGE', node.start, `The formula is ${bytes} bytes; at most ${MAX_FORMULA_BYTES}`);
    return false;
  }
  const faults = checker.check(formula, sight, use);
  if (faults.some(({ code }) => BROKEN.has(code)) && isCutByComment(node, text)) {
    // The rest of the formula is in the comment: what the checker says about the stump would mislead.
    const trap = commentTrap(node, text);
    findings.error(trap.code, trap.offset, trap.message, undefined, keptFromComment(node, text, checker));
    return false;
  }
  for (const fault of faults) {
    const at = sourceOffset(node, text, first + fault.offset);
    findings.add(fault.severity, fault.code, at, fault.message, fault.remedy, faultFix(fault, at, text));
  }
  return faults.every(({ severity }) => severity !== 'error');
}

function faultFix({ rename }: FormulaFault, at: number, text: string): TextEdit | null {
  return rename ? replacing(rename.from, rename.to, at, text) : null;
}

/** In a block value, blank lines before the `=` do not count. */
function startsWithEquals(node: YamlScalar, value: string): boolean {
  const isBlock = node.style === 'literal' || node.style === 'folded';
  return (isBlock ? value.trimStart() : value).startsWith('=');
}
