import type { ErrorCode } from '../core/errors.ts';
import type { TextEdit } from '../core/lint.ts';
import { quotedInFlow } from './fix-formula.ts';
import { quotedDigits } from './fix-name.ts';
import type { YamlNode, YamlScalar } from './yaml-node.ts';

/** A value that YAML accepts in silence and reads as something else than was meant. */
export interface Trap {
  readonly code: Extract<ErrorCode, 'MAPPING_YAML_COMMENT' | 'MAPPING_YAML_FLOW' | 'MAPPING_YAML_NUMBER'>;
  readonly offset: number;
  readonly message: string;
  /** The remedy as a rewrite, where it can be told from the text alone. */
  readonly fix: TextEdit | null;
}

/** What YAML does to a plain formula: cuts it at ` #`, or at the commas and brackets of a flow collection. */
export function formulaTrap(node: YamlScalar, text: string): Trap | null {
  if (node.style !== 'plain' || !node.source.startsWith('=')) return null;
  if (node.inFlow) {
    const message = 'Inside { } and [ ] YAML cuts a formula that is not quoted';
    return { code: 'MAPPING_YAML_FLOW', offset: node.start, message, fix: quotedInFlow(text, node.start) };
  }
  return isCutByComment(node, text) ? commentTrap(node, text) : null;
}

/** The trap of a plain scalar that a comment ends. */
export function commentTrap(node: YamlScalar, text: string): Trap {
  const message = 'YAML takes all after " #" as a comment and cuts the formula there';
  return { code: 'MAPPING_YAML_COMMENT', offset: text.indexOf('#', node.end), message, fix: null };
}

/** True for a plain scalar followed by a comment on the same line. */
export function isCutByComment(node: YamlScalar, text: string): boolean {
  if (node.style !== 'plain') return false;
  for (let at = node.end; at < text.length; at++) {
    if (text[at] === '#') return at > node.end;
    if (text[at] !== ' ' && text[at] !== '\t') return false;
  }
  return false;
}

/** The formula traps anywhere in a tree, other than in its tests. */
export function formulaTraps(root: YamlNode | null, text: string): readonly Trap[] {
  if (root === null) return [];
  if (root.kind === 'scalar') return [formulaTrap(root, text)].filter((trap) => trap !== null);
  if (root.kind === 'list') return root.items.flatMap((item) => formulaTraps(item, text));
  return root.entries.flatMap((entry) => (entry.key === 'tests' ? [] : formulaTraps(entry.value, text)));
}

/** Digits that YAML reads as another number than is written: phones, card numbers, integers beyond 2^53. */
export function numberTrap(node: YamlScalar): Trap | null {
  if (node.style !== 'plain' || typeof node.value !== 'number') return null;
  const why = numberLoss(node.source, node.value);
  if (why === null) return null;
  const message = `YAML reads ${node.source} as the number ${node.value}: ${why}`;
  return { code: 'MAPPING_YAML_NUMBER', offset: node.start, message, fix: quotedDigits(node) };
}

function numberLoss(source: string, value: number): string | null {
  if (source.startsWith('+')) return 'the + is lost';
  if (/^-?0[xo]/.test(source)) return 'it is taken as hexadecimal or octal';
  if (/^-?0\d/.test(source)) return 'leading zeros are lost';
  if (/e/i.test(source)) return 'the e is taken as an exponent';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'digits are lost beyond 2^53';
  return significantDigits(source) === significantDigits(String(value)) ? null : 'digits are lost';
}

function significantDigits(decimal: string): string {
  const digits = decimal.replace('-', '');
  const [whole = '', fraction = ''] = digits.split('.');
  const kept = `${whole}.${fraction.replace(/0+$/, '')}`;
  return kept.replace(/^0+/, '');
}
