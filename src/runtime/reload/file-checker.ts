import { dirname, join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ERRORS } from '../../core/errors.ts';
import { type CompiledFile, compileMappings, type MappingContext } from '../../mapping/compile.ts';
import { lintsOf, runMappingTests, type TestTools } from '../mapping-tests.ts';
import { hashOfFile, type SeenFile } from './look.ts';

/** What checking files needs. */
export interface FileCheckTools extends TestTools {
  readonly context: MappingContext;
  /** The mappings folder. */
  readonly dir: string;
}

/** What checking files came to. */
export interface CheckedFiles {
  /** Each checked by itself: ids that two files take are not looked for. */
  readonly files: ReadonlyMap<string, CompiledFile>;
  /** Content hashes of the samples that tests read, by path. */
  readonly samples: ReadonlyMap<string, string>;
  /** How many tests ran. */
  readonly tests: number;
}

/** Checks mapping files one by one and remembers the outcome, so that only what changed is checked again. */
export interface FileChecker {
  /** Compiles files and runs their tests; a failing test refuses its file. */
  check(files: ReadonlyMap<string, SeenFile>, tools: FileCheckTools): Promise<CheckedFiles>;
  /** Compiles texts that were good once, without running their tests again. */
  recompile(texts: ReadonlyMap<string, string>, context: MappingContext): Promise<ReadonlyMap<string, CompiledFile>>;
  /** Forgets everything: the next check is a full one. */
  forget(): void;
}

interface Known {
  readonly hash: string;
  readonly compiled: CompiledFile;
  /** The samples with which its tests passed, as one text; null when they did not. */
  readonly passedWith: string | null;
}

/** Files compiled before webhooks get their turn. */
const FILES_A_TURN = 8;

/** Builds a checker. What it remembers holds for one context: another one makes it start anew. */
export function createFileChecker(): FileChecker {
  let known = new Map<string, Known>();
  let knownContext: MappingContext | null = null;

  return {
    async check(files, tools) {
      if (tools.context !== knownContext) known = new Map();
      knownContext = tools.context;
      const compiled = await compileChanged(files, known, tools.context);
      const samples = await samplesOf(compiled.values(), tools.dir);
      const untested = [...compiled.values()].filter((file) => {
        const before = known.get(file.file);
        return before?.passedWith !== passMark(file, samples, tools.dir) || before.compiled !== file;
      });
      const mappings = untested.flatMap((file) => file.mappings);
      const failures = Map.groupBy(lintsOf(await runMappingTests(mappings, tools)), ({ file }) => file);
      known = new Map(
        [...compiled].map(([file, one]) => {
          const passedWith = failures.has(file) ? null : passMark(one, samples, tools.dir);
          return [file, { hash: files.get(file)?.hash ?? '', compiled: one, passedWith }];
        }),
      );
      const checked = [...compiled].map(([file, one]) => [file, withFailures(one, failures.get(file) ?? [])] as const);
      const tests = mappings.reduce((sum, mapping) => sum + mapping.tests.length, 0);
      return { files: new Map(checked), samples, tests };
    },
    recompile: async (texts, context) => {
      const sources = [...texts].map(([file, text]) => ({ file, bytes: new TextEncoder().encode(text) }));
      return compileInTurns(sources, context);
    },
    forget() {
      known = new Map();
    },
  };
}

async function compileChanged(
  files: ReadonlyMap<string, SeenFile>,
  known: ReadonlyMap<string, Known>,
  context: MappingContext,
): Promise<ReadonlyMap<string, CompiledFile>> {
  const changed = [...files].filter(([file, { hash }]) => known.get(file)?.hash !== hash);
  const sources = changed.flatMap(([file, seen]) => (seen.ok ? [{ file, bytes: seen.bytes }] : []));
  const compiled = await compileInTurns(sources, context);
  const all = [...files].flatMap(([file, seen]): readonly (readonly [string, CompiledFile])[] => {
    const one = seen.ok ? (compiled.get(file) ?? known.get(file)?.compiled) : unusable(file, seen);
    return one ? [[file, one]] : [];
  });
  return new Map(all);
}

/** Compiles each file as if it stood alone. */
async function compileInTurns(
  sources: readonly { readonly file: string; readonly bytes: Uint8Array }[],
  context: MappingContext,
): Promise<ReadonlyMap<string, CompiledFile>> {
  const compiled = new Map<string, CompiledFile>();
  for (let start = 0; start < sources.length; start += FILES_A_TURN) {
    const group = sources.slice(start, start + FILES_A_TURN);
    for (const file of compileMappings(group, context)) compiled.set(file.file, file);
    for (const source of group.filter(({ file }) => repeatsAnId(compiled.get(file)))) {
      const [alone] = compileMappings([source], context);
      if (alone) compiled.set(alone.file, alone);
    }
    await nextTurn();
  }
  return compiled;
}

function repeatsAnId(file: CompiledFile | undefined): boolean {
  return file?.lints.some(({ code }) => code === 'MAPPING_DUPLICATE_ID') ?? false;
}

function unusable(file: string, { code, message }: Extract<SeenFile, { readonly ok: false }>): CompiledFile {
  const { remedy } = ERRORS[code];
  return {
    file,
    text: '',
    mappings: [],
    lints: [{ file, line: 1, column: 1, severity: 'error', code, message, remedy }],
  };
}

async function samplesOf(files: Iterable<CompiledFile>, dir: string): Promise<ReadonlyMap<string, string>> {
  const paths = new Set([...files].flatMap((file) => samplePaths(file, dir)));
  return new Map(await Promise.all([...paths].map(async (path) => [path, await hashOfFile(path)] as const)));
}

function samplePaths({ mappings }: CompiledFile, dir: string): readonly string[] {
  return mappings.flatMap(({ file, tests }) =>
    tests.flatMap(({ event }) => (event.kind === 'file' ? [resolve(dirname(join(dir, file)), event.path)] : [])),
  );
}

function passMark(file: CompiledFile, samples: ReadonlyMap<string, string>, dir: string): string {
  return samplePaths(file, dir)
    .map((path) => samples.get(path))
    .join(' ');
}

function withFailures(file: CompiledFile, failures: readonly CompiledFile['lints'][number][]): CompiledFile {
  return failures.length === 0 ? file : { ...file, mappings: [], lints: [...file.lints, ...failures] };
}
