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
  /** What a block does, or what an array constructor lists. */
  readonly expressions?: readonly AstNode[];
  /** What a minus stands before. */
  readonly expression?: AstNode;
  readonly condition?: AstNode;
  readonly then?: AstNode;
  readonly else?: AstNode;
  /** What a filter asks. */
  readonly expr?: AstNode;
  /** Filters behind what is no step of a path. */
  readonly predicate?: readonly AstNode[];
  /** What a sort goes by. */
  readonly terms?: readonly { readonly expression: AstNode }[];
  /** Whether a lambda only delays its body: how JSONata calls in tail position. */
  readonly thunk?: boolean;
  /** Whether a step binds variables for the steps after it. */
  readonly tuple?: boolean;
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

/** Keys and values of an object constructor, or of a grouping. */
export function pairsOf(node: AstNode): readonly (readonly [key: AstNode, value: AstNode])[] {
  const holder = (node.group ?? node) as { readonly lhs?: readonly (readonly [AstNode, AstNode])[] };
  return Array.isArray(holder.lhs) ? holder.lhs : [];
}

/** Where a name or variable begins: positions are behind the token, and one in backquotes is longer than it says. */
export function tokenStart(token: string, node: AstNode, text: string): number {
  const behind = node.position ?? 0;
  const start = behind - token.length;
  return start >= 0 && text.startsWith(token, start) ? start : Math.max(0, text.lastIndexOf(token, behind));
}

/** Where what a node stands for begins in the text; 0 when the node does not say. */
export function startOf(node: AstNode, text: string): number {
  const [step] = node.steps ?? [];
  const first = step ?? node.procedure ?? node.condition ?? (Array.isArray(node.lhs) ? undefined : node.lhs);
  if (first) return startOf(first, text);
  if (node.type === 'name') return tokenStart(String(node.value), node, text);
  if (node.type === 'variable') return tokenStart(`$${String(node.value)}`, node, text);
  if (node.type === 'string') return stringStart(node.position ?? 0, text);
  if (node.type === 'number') return tokenStart(String(node.value), node, text);
  if (node.type === 'value') return tokenStart(String(node.value), node, text);
  if (node.type === 'lambda' && node.position !== undefined) return text.lastIndexOf('function', node.position);
  return Math.max(0, (node.position ?? 1) - 1);
}

/** A path or variable as it is written, to be quoted in a message; empty for anything else. */
export function sourceOf(node: AstNode, text: string): string {
  const last = node.type === 'path' ? node.steps?.at(-1) : node;
  const isName = last?.type === 'name' || last?.type === 'variable';
  return isName ? text.slice(startOf(node, text), last.position).trim() : '';
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

/** A string ends before `behind` with the quote it began with. */
function stringStart(behind: number, text: string): number {
  const quote = text[behind - 1] ?? "'";
  return Math.max(0, text.lastIndexOf(quote, behind - 2));
}

function isNode(value: object): value is AstNode {
  return 'type' in value && typeof value.type === 'string';
}
