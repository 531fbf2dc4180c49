import { Buffer } from 'node:buffer';
import type { FormulaChecker, FormulaFault, FormulaUse, MappingSight } from '../ports/transform-engine.ts';
import { type AstNode, parseFormula, startOf } from './ast.ts';
import { checkSent } from './check-result.ts';
import { inferFormula } from './infer.ts';
import { KnowledgeBase } from './knowledge.ts';
import { syntaxFaultOf } from './syntax-fault.ts';
import { unknownNames } from './unknown-names.ts';

/** CONTRACT §6. */
const MAX_FORMULA_BYTES = 16 * 1024;

/** How many parsed formulas are kept: those of a rule set, so that a reload parses only what is new. */
const MOST_KEPT = 20_000;

type Parsed = { readonly ast: AstNode } | { readonly fault: FormulaFault };

/** Builds the checker of formulas. It keeps what it parsed. */
export function createFormulaChecker(): FormulaChecker {
  const knowledge = new KnowledgeBase();
  const kept = new Map<string, Parsed>();
  const parsed = (text: string): Parsed => {
    const known = kept.get(text) ?? parse(text);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, known);
    return known;
  };
  return {
    check(text, sight, use = { kind: 'sent', wanted: null }) {
      const formula = parsed(text);
      if ('fault' in formula) return [formula.fault];
      return faultsOf(formula.ast, text, sight, use, knowledge);
    },
  };
}

function parse(text: string): Parsed {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FORMULA_BYTES) {
    const message = `The formula is ${Math.ceil(bytes / 1024)} kB; at most ${MAX_FORMULA_BYTES / 1024} kB.`;
    return { fault: { code: 'MAPPING_TOO_LARGE', severity: 'error', offset: 0, message } };
  }
  try {
    return { ast: parseFormula(text) };
  } catch (error) {
    return { fault: syntaxFaultOf(error, text) };
  }
}

function faultsOf(
  ast: AstNode,
  text: string,
  sight: MappingSight | undefined,
  use: FormulaUse,
  knowledge: KnowledgeBase,
): readonly FormulaFault[] {
  const faults = new Map<string, FormulaFault>();
  // What `?:` and `??` repeat is one mistake, not two.
  const report = (fault: FormulaFault) => void faults.set(`${fault.offset} ${fault.code} ${fault.message}`, fault);
  for (const fault of unknownNames(ast, text)) report(fault);
  try {
    const type = inferFormula(ast, text, knowledge.of(sight, use), report);
    if (use.kind === 'sent' && sight) checkSent({ type, at: startOf(ast, text), path: '' }, use.wanted, report);
  } catch (error) {
    // Too deep to be looked at is too deep; a slip of the check itself must not refuse what would run.
    if (error instanceof RangeError) report(syntaxFaultOf(error, text));
  }
  return [...faults.values()].sort((one, other) => one.offset - other.offset);
}
