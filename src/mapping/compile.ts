import { hasErrors, type Lint } from '../core/lint.ts';
import type { Mapping } from '../core/mapping.ts';
import type { CompileMemory, ReadFile, ShapeCheck } from './compile-memory.ts';
import { Findings } from './findings.ts';
import { readMapping } from './read-mapping.ts';
import { createShapeCheck } from './request-shape.ts';
import type { MappingContext } from './scope.ts';
import { readSourceText, type SourceText } from './source-text.ts';
import { parseDocuments } from './yaml-documents.ts';

export type { MappingContext } from './scope.ts';

/** A mapping file as it lies on disk. */
export interface MappingSourceFile {
  /** Relative to the mappings folder. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** A mapping file, checked. */
export interface CompiledFile {
  readonly file: string;
  /** LF, no BOM; empty when the file is no text. */
  readonly text: string;
  /** Empty when any lint is an error: a file runs whole or not at all. */
  readonly mappings: readonly Mapping[];
  /** In the order of the text. */
  readonly lints: readonly Lint[];
}

/** Files beyond this are read again: a memory must not grow for ever. */
const MOST_REMEMBERED = 5_000;

/**
 * Compiles mapping files, in the order of their names. Never throws: every fault is a lint of its file. An id that an
 * earlier file or document has taken is an error of the later one.
 */
export function compileMappings(files: readonly MappingSourceFile[], context: MappingContext): readonly CompiledFile[] {
  const { memory = createMemory() } = context;
  const byName = files.toSorted((left, right) => (left.file < right.file ? -1 : Number(left.file > right.file)));
  const read = byName.map((file) => remembered(file, context, memory));
  reportRepeatedIds(read);
  return read.map(({ file, text, findings, documents }) => {
    const lints = findings.sorted();
    return { file, text, mappings: hasErrors(lints) ? [] : documents.flatMap((one) => one.mapping ?? []), lints };
  });
}

/** Builds a memory of what was compiled: a reload reads again only the files whose text has changed. */
export function createMemory(): CompileMemory {
  return { checkShape: createShapeCheck(), files: new Map() };
}

function remembered({ file, bytes }: MappingSourceFile, context: MappingContext, memory: CompileMemory): ReadFile {
  const source = readSourceText(bytes);
  if (!source.ok) return readFile(file, source, context, memory.checkShape);
  const known = memory.files.get(file);
  const read = known?.text === source.text ? known : readFile(file, source, context, memory.checkShape);
  if (memory.files.size >= MOST_REMEMBERED) memory.files.clear();
  memory.files.set(file, read);
  // Which ids are taken is another matter every time.
  return { ...read, findings: read.findings.copy() };
}

function readFile(file: string, source: SourceText, context: MappingContext, checkShape: ShapeCheck): ReadFile {
  const text = source.ok ? source.text : '';
  const findings = new Findings(file, text);
  if (!source.ok) {
    findings.error(source.code, 0, source.message, source.remedy);
    return { file, text, findings, documents: [] };
  }
  const documents = parseDocuments(text, findings);
  if (documents.every(({ root, yaml }) => root === null && yaml !== 'broken')) {
    findings.error('MAPPING_INVALID', 0, 'The file is empty', 'Write keys such as event, to and transform.');
    return { file, text, findings, documents: [] };
  }
  const scope = { ...context, file, text, findings, checkShape };
  const nameOfFile = file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/, '');
  return {
    file,
    text,
    findings,
    documents: documents.map((one, index) => readMapping(one, index === 0 ? nameOfFile : null, scope)),
  };
}

function reportRepeatedIds(files: readonly ReadFile[]): void {
  const owners = new Map<string, string>();
  for (const { file, documents, findings } of files) {
    for (const { id } of documents) {
      const owner = id && owners.get(id.id);
      if (id && owner) findings.error('MAPPING_DUPLICATE_ID', id.offset, `The id ${id.id} is taken in ${owner}`);
      else if (id) owners.set(id.id, file);
    }
  }
}
