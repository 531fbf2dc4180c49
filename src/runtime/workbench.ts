import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { PointsmanError } from '../core/errors.ts';
import type { Mapping } from '../core/mapping.ts';
import { type CompiledFile, compileMappings, type MappingSourceFile } from '../mapping/compile.ts';
import { type RecalledResult, runRecalling } from '../pipeline/recall.ts';
import { draftsOf, jobOf, type ShapeTools } from '../pipeline/shape.ts';
import type { FormulaValue } from '../ports/transform-engine.ts';
import { createTransformEngine } from '../transform/engine.ts';
import { readMappingFile, readMappingFiles } from './mapping-files.ts';
import { eventOf, outcomeOf, runMappingTests, type TestReport } from './mapping-tests.ts';
import { sampleReader } from './parts.ts';
import { mappingContextOf, sourcesOf } from './registry.ts';
import { type CheckTools, checkMappings } from './rules.ts';

/** What a mapping would send for an event. */
export interface Preview {
  readonly outcome: ReturnType<typeof outcomeOf>;
  /** Key paths whose formulas yielded nothing, per request. */
  readonly emptyKeys: readonly (readonly string[])[];
  /** Each formula's value, per request. */
  readonly values: readonly (readonly FormulaValue[])[];
  readonly durationMs: number;
}

/** Mappings worked on offline: no store, no network, no secrets. */
export interface Workbench {
  readonly dir: string;
  /** The files at these paths, or all of the mappings folder. */
  read(paths: readonly string[]): Promise<readonly MappingSourceFile[]>;
  /** Compiles files without running their tests. */
  compile(files: readonly MappingSourceFile[]): readonly CompiledFile[];
  /** Compiles files and runs their tests; a failed test is a finding. */
  check(files: readonly MappingSourceFile[]): Promise<readonly CompiledFile[]>;
  test(mappings: readonly Mapping[]): Promise<readonly TestReport[]>;
  preview(mapping: Mapping, body: string): Promise<Preview>;
  close(): Promise<void>;
}

/** The config offline commands work with where there is none: the two systems Pointsman knows. */
export function defaultConfig(dir: string): Config {
  const text = [
    'sources: { open-loyalty: { type: open-loyalty, verify: { type: none } } }',
    'destinations: { bloomreach: { type: bloomreach, projectToken: none, apiKeyId: none, apiSecret: none } }',
  ].join('\n');
  const file = 'the built-in config';
  const loaded = loadConfig({ file, text, baseDir: dir, env: {}, readSecretFile: () => '', unresolved: 'placeholder' });
  if (!loaded.ok) throw new PointsmanError('CONFIG_INVALID', loaded.lints.map(({ message }) => message).join('; '));
  return loaded.config;
}

/** Opens a workbench on a config's sources, destinations and mappings folder. */
export function openWorkbench(config: Config): Workbench {
  const { dir } = config.mappings;
  const engine = createTransformEngine(config.transform);
  const sources = sourcesOf(config);
  const context = mappingContextOf(config);
  const tools: CheckTools = {
    engine,
    sources,
    context,
    endpoint: (id, name) => context.destinations.get(id)?.endpoints.get(name) ?? null,
    readSample: sampleReader(dir),
  };
  return {
    dir,
    read: (paths) => (paths.length === 0 ? readMappingFiles(dir) : readPaths(paths, dir)),
    compile: (files) => compileMappings(files, context),
    check: (files) => checkMappings(files, tools),
    test: (mappings) => runMappingTests(mappings, tools),
    preview: (mapping, body) => preview(mapping, body, { ...tools, memberIdKind: config.mappings.memberId }),
    close: () => engine.close(),
  };
}

type PreviewTools = CheckTools & Pick<ShapeTools, 'memberIdKind'>;

/** Files outside the mappings folder are named by where they are. */
function readPaths(paths: readonly string[], dir: string): Promise<readonly MappingSourceFile[]> {
  return Promise.all(paths.map((path) => readMappingFile(resolve(path), dir)));
}

async function preview(mapping: Mapping, body: string, tools: PreviewTools): Promise<Preview> {
  const source = tools.sources.get(mapping.source ?? '') ?? [...tools.sources.values()][0];
  if (!source) throw new PointsmanError('MAPPING_UNKNOWN_SOURCE', 'No source is configured');
  const startedMs = performance.now();
  const event = eventOf(source, body, Date.parse('2000-01-01'));
  const facts = async () => [];
  const [recalled] = await runRecalling([{ ...jobOf(event, mapping, tools.memberIdKind), trace: true }], {
    engine: tools.engine,
    facts,
  });
  const shaping = { event, mapping, run: 0, waitingSinceMs: event.clockMs, nowMs: event.clockMs };
  const drafts = recalled ? draftsOf(shaping, recalled, tools) : [];
  return {
    outcome: outcomeOf(drafts),
    emptyKeys: drafts.map(({ emptyKeys }) => emptyKeys),
    values: valuesOf(recalled),
    durationMs: performance.now() - startedMs,
  };
}

function valuesOf(recalled: RecalledResult | undefined): readonly (readonly FormulaValue[])[] {
  if (recalled?.result.kind !== 'parts') return [];
  return recalled.result.parts.map((part) => (part.kind === 'request' ? part.values : []));
}
