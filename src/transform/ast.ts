import jsonata from 'jsonata';

/** A node of JSONata's syntax tree; only what is read here. Positions are offsets just behind a token. */
export interface AstNode {
  type: string;
  value?: unknown;
  readonly position?: number;
  readonly name?: string;
  procedure?: AstNode;
  arguments?: AstNode[];
  lhs?: AstNode;
  rhs?: AstNode;
  readonly body?: AstNode;
  readonly steps?: readonly AstNode[];
  readonly stages?: readonly AstNode[];
  /** The variable that `@$name` binds. */
  readonly focus?: string;
  /** The variable that `#$name` binds. */
  readonly index?: string;
  readonly group?: unknown;
  readonly keepArray?: boolean;
  readonly keepSingletonArray?: boolean;
}

/** Links between nodes that are no children: ancestors, signatures. */
const LINKS = new Set(['ancestor', 'seekingParent', 'slot', 'signature']);

/** The live syntax tree of an expression: changing it changes what the expression does. */
export function astOf(expression: jsonata.Expression): AstNode {
  return expression.ast() as unknown as AstNode;
}

/** Parses a formula into its syntax tree. Throws what JSONata throws: `{code, position, token, message}`. */
export function parseFormula(text: string): AstNode {
  return astOf(jsonata(text));
}

/** The nodes directly below a node, in no particular order. */
export function childrenOf(node: AstNode): AstNode[] {
  const found: AstNode[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (!LINKS.has(key)) collect(value, found);
  }
  return found;
}

/** Calls `visit` for a node and all nodes below it, parents first. */
export function walk(node: AstNode, visit: (node: AstNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

/** Groups, predicates and sort terms nest nodes in arrays and plain objects. */
function collect(value: unknown, found: AstNode[]): void {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
  if (!Array.isArray(value) && isNode(value)) {
    found.push(value);
    return;
  }
  for (const inner of Object.values(value)) collect(inner, found);
}

function isNode(value: object): value is AstNode {
  return 'type' in value && typeof value.type === 'string';
}
