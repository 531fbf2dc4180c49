import { type Document, parseAllDocuments, type YAMLError } from 'yaml';
import type { Findings } from './findings.ts';
import { movedLines, quotedBefore, quotedLine } from './fix-formula.ts';
import type { YamlNode } from './yaml-node.ts';
import { formulaTraps } from './yaml-traps.ts';
import { type Report, YamlTree } from './yaml-tree.ts';

/** One document of a mapping file. */
export interface YamlDocument {
  /** Its part of the file's text: the parts of all documents, joined, are the whole text. */
  readonly text: string;
  /** 0-based offset of that part. */
  readonly start: number;
  /** Null when it is empty or cannot be read. */
  readonly root: YamlNode | null;
  /** `broken` = the YAML cannot be read; `faulty` = it can, with parts left out. */
  readonly yaml: 'sound' | 'faulty' | 'broken';
}

const QUOTING = new Set(['UNEXPECTED_TOKEN', 'BLOCK_AS_IMPLICIT_KEY', 'BAD_SCALAR_START', 'MULTILINE_IMPLICIT_KEY']);
const TABS = 'Put spaces there, as many as the lines around it have, instead of the tab.';
const FORMULA_LINE = /^\s*(- )?([\w.-]+\s*:\s*["']?=|(when|each|member|transform)\s*:)/;

/** Parses a mapping file (YAML 1.2, core schema) into its documents; reports what is wrong with the YAML itself. */
export function parseDocuments(text: string, findings: Findings): readonly YamlDocument[] {
  const parsed = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // Repeated keys are found by the tree: the parser's own search takes quadratic time.
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: true,
    logLevel: 'silent',
  });
  const documents: readonly Document[] = 'empty' in parsed ? [] : parsed;
  const starts = documents.map((document, index) => (index === 0 ? 0 : (document.range?.[0] ?? 0)));
  return documents.map((document, index) => {
    const start = starts[index] ?? 0;
    return { text: text.slice(start, starts[index + 1]), start, ...read(document, text, findings) };
  });
}

function read(document: Document, text: string, findings: Findings): Pick<YamlDocument, 'root' | 'yaml'> {
  const [first] = document.errors;
  if (first) {
    reportBroken(document, first, text, findings);
    return { root: null, yaml: 'broken' };
  }
  const before = findings.errorCount;
  const root = new YamlTree(document, reportTo(findings)).root();
  return { root, yaml: findings.errorCount === before ? 'sound' : 'faulty' };
}

/** One cause makes a cascade of parser errors: only the first helps, and a trap before it explains it better. */
function reportBroken(document: Document, first: YAMLError, text: string, findings: Findings): void {
  const traps = formulaTraps(new YamlTree(document, () => {}).root(), text);
  for (const trap of traps) findings.error(trap.code, trap.offset, trap.message, undefined, trap.fix);
  if (!traps.some((trap) => trap.offset <= first.pos[0])) reportParserError(first, text, findings);
}

function reportParserError(error: YAMLError, text: string, findings: Findings): void {
  const [offset] = error.pos;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const message = error.code === 'RESOURCE_EXHAUSTION' ? 'Nested too deeply' : error.message;
  if (QUOTING.has(error.code) && FORMULA_LINE.test(line)) {
    const remedy = 'A formula with ": ", with quotes at its start or over several lines goes after |, or in quotes.';
    findings.error('MAPPING_YAML', offset, message, remedy, quotedLine(text, offset));
  } else
    findings.error(
      'MAPPING_YAML',
      offset,
      message,
      error.code === 'TAB_AS_INDENT' ? TABS : undefined,
      quotedBefore(text, offset),
    );
}

function reportTo(findings: Findings): Report {
  return (code, offset, message, remedy) => {
    const fix = code === 'MAPPING_YAML_EMPTY_KEY' ? movedLines(findings.text, offset) : null;
    findings.error(code, offset, message, remedy, fix);
  };
}
