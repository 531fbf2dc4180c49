import { type AstNode, startOf, tokenStart } from './ast.ts';
import { reportList } from './check-list.ts';
import type { Inference, Scene } from './inference.ts';
import { type Misfit, misfitOf, type Parameter, parametersOf, type Signature, UNKNOWN_KIND } from './signature.ts';
import { type Alternative, elementsOf, kindName, kindOf, type Type } from './types.ts';

/** A call to be checked. */
interface CheckedCall {
  readonly name: string;
  readonly node: AstNode;
  readonly nodes: readonly AstNode[];
  readonly types: readonly Type[];
  readonly signature: Signature;
  /** Which argument is a function's result instead of the function; -1 = none. */
  readonly functionAt: number;
}

const LETTERS: Readonly<Record<Alternative['kind'], string>> = {
  any: UNKNOWN_KIND,
  null: 'l',
  function: 'f',
  array: 'a',
  object: 'o',
  string: 's',
  number: 'n',
  boolean: 'b',
};

const NAMES: Readonly<Record<string, string>> = {
  s: 'text',
  n: 'a number',
  b: 'true or false',
  o: 'an object',
  f: 'a function',
  a: 'a list',
};

const REMEDIES: Readonly<Record<string, string>> = {
  s: 'Make text of it with $string( ).',
  n: 'Make a number of it with $number( ), or use another field.',
  b: 'Give it a comparison, or true or false.',
  o: 'Give it an object such as data.customer.',
  f: 'Give it a function such as function($each) { $each.name }.',
};

const ORDINALS = ['first', 'second', 'third', 'fourth'];

/** Reports arguments that a function cannot take: too few, too many, or of another kind. */
export function checkArguments(call: CheckedCall, scene: Scene, inference: Inference): void {
  const given = call.types.map((type, index) =>
    index === call.functionAt ? functionLetter(call, index) : letterOf(type),
  );
  const misfit = misfitOf(call.signature, given.join(''), letterOf(scene.context));
  if (misfit) {
    reportMisfit(misfit, call, scene, inference);
    return;
  }
  const parameters = parametersOf(call.signature, given.join(''));
  for (const [index, parameter] of parameters.entries()) checkArgument(call, index, parameter, scene, inference);
}

function letterOf(type: Type): string {
  const kind = kindOf(type);
  return kind === null ? UNKNOWN_KIND : LETTERS[kind];
}

/** What stands for a function by its result: its own kind is only known where it is written out. */
function functionLetter({ nodes }: CheckedCall, index: number): string {
  const type = nodes[index]?.type ?? '';
  if (['lambda', 'regex', 'partial'].includes(type)) return 'f';
  return { string: 's', number: 'n', unary: 'a', path: UNKNOWN_KIND }[type] ?? UNKNOWN_KIND;
}

function checkArgument(
  call: CheckedCall,
  index: number,
  parameter: Parameter | undefined,
  scene: Scene,
  inference: Inference,
): void {
  const type = call.types[index];
  const node = call.nodes[index];
  if (!type || !node || !parameter || index === call.functionAt) return;
  if (parameter.holds !== null) {
    const held = letterOf(elementsOf(type));
    const wanted = parameter.holds.charAt(0);
    if (held === UNKNOWN_KIND || held === wanted) return;
    const offset = startOf(node, inference.text);
    const what = { s: 'texts', n: 'numbers', o: 'objects' }[wanted] ?? 'other values';
    const is = kindName(kindOf(elementsOf(type)) ?? 'any');
    const message = `$${call.name}() takes ${what}, and this holds ${is}`;
    const remedy = wanted === 's' ? `Make text of each: $map( , $string).` : `Give it ${what}, or use another field.`;
    inference.report({ code: 'MAPPING_ARGUMENTS', severity: 'error', offset, message, remedy });
  } else if (type.spread !== null && !parameter.takes.includes('a')) {
    reportList(type.spread, `$${call.name}() takes one value`, scene, inference);
  }
}

function reportMisfit(misfit: Misfit, call: CheckedCall, scene: Scene, inference: Inference): void {
  const { name, node, nodes, types } = call;
  const { text } = inference;
  const callee = tokenStart(`$${name}`, node.procedure ?? node, text);
  if (misfit.kind === 'count') {
    const message = `$${name}() takes ${countOf(misfit)}, not ${nodes.length}`;
    const remedy = `Call it as $${name}(${call.signature.parameters.map(shownParameter).join(', ')}).`;
    inference.report({ code: 'MAPPING_ARGUMENTS', severity: 'error', offset: callee, message, remedy });
    return;
  }
  const { index, parameter } = misfit;
  const wanted =
    parameter.takes.length > 4 ? 'a value' : [...parameter.takes].map((letter) => NAMES[letter]).join(' or ');
  const argument = nodes[index];
  const type = types[index] ?? scene.context;
  const letter = index === call.functionAt ? functionLetter(call, index) : letterOf(type);
  const is = NAMES[letter] ?? 'this';
  const place = index < 0 || nodes.length === 1 ? '' : ` as its ${ORDINALS[index] ?? 'next'} argument`;
  const message = `$${name}() takes ${wanted}${place}, not ${is}`;
  const remedy = index < 0 ? `Put what it works on in the brackets of $${name}( ).` : remedyFor(call, parameter, type);
  const offset = argument ? startOf(argument, text) : callee;
  inference.report({ code: 'MAPPING_ARGUMENTS', severity: 'error', offset, message, remedy });
}

function wantedBy({ takes }: Parameter): string {
  return takes.length > 4 ? 'a value' : [...takes].map((letter) => NAMES[letter]).join(' or ');
}

function shownParameter(parameter: Parameter): string {
  const wanted = parameter.holds !== null ? 'a list' : wantedBy(parameter).replace(/^an? /, '');
  return parameter.optional ? `[${wanted}]` : wanted;
}

function remedyFor({ name }: CheckedCall, { takes }: Parameter, type: Type): string {
  const kind = kindOf(type);
  if (name === 'length' && kind === 'array') return 'Count the elements of a list with $count( ).';
  if (kind === 'array' || type.spread !== null)
    return 'Choose one element with [0], or put them together with $join( ).';
  if (name === 'fromMillis' && kind === 'string') return 'Count the time in milliseconds first: $toMillis( ).';
  if (name === 'daysUntil' || name === 'toSeconds') return 'Give it a time such as createdAt.';
  return REMEDIES[takes.charAt(0)] ?? 'Give it another value.';
}

function countOf({ fewest, most }: Extract<Misfit, { kind: 'count' }>): string {
  const plural = (count: number) => `${count} argument${count === 1 ? '' : 's'}`;
  if (most === 0) return 'no arguments';
  if (fewest === most) return plural(most);
  return Number.isFinite(most) ? `${fewest} to ${plural(most)}` : `at least ${plural(fewest)}`;
}
