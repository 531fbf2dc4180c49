import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { PointsmanError } from '../core/errors.ts';
import type { StoredEvent } from '../core/event.ts';
import type { Mapping } from '../core/mapping.ts';
import { type CompiledFile, compileMappings, type MappingContext, type MappingSourceFile } from '../mapping/compile.ts';
import { type Diff, type DiffScope, type DiffTools, diffEvents } from '../pipeline/compare/diff.ts';
import type { Explanation } from '../pipeline/compare/explain.ts';
import type { ShapeTools } from '../pipeline/route/shape.ts';
import type { DeliveryDetail, Log } from '../ports/log.ts';
import { createTransformEngine } from '../transform/engine.ts';
import { readMappingFile, readMappingFiles } from './mapping-files.ts';
import { eventOf, runMappingTests, type TestReport } from './mapping-tests.ts';
import { sampleReader } from './parts.ts';
import { type Preview, type PreviewSubject, previewMapping } from './preview.ts';
import { mappingContextOf, sourcesOf } from './registry.ts';
import { type EditedFiles, sidesOf } from './rule-sides.ts';
import { type CheckTools, checkMappings } from './rules.ts';
import { explainStored } from './stored-mapping.ts';

/** The log a diff compares over. */
type DiffLog = DiffTools['log'] & Pick<Log, 'lastGoodFiles'>;

/** Mappings worked on: no network, no secrets, and nothing is written. */
export interface Workbench {
  readonly dir: string;
  /** Where the config's store is. */
  readonly storePath: string;
  readonly context: MappingContext;
  /** The files at these paths, or all of the mappings folder. */
  read(paths: readonly string[]): Promise<readonly MappingSourceFile[]>;
  /** Compiles files without running their tests. */
  compile(files: readonly MappingSourceFile[]): readonly CompiledFile[];
  /** Compiles files and runs their tests; a failed test is a finding. */
  check(files: readonly MappingSourceFile[]): Promise<readonly CompiledFile[]>;
  test(mappings: readonly Mapping[]): Promise<readonly TestReport[]>;
  /** A body as the event that the mapping would see. Throws `SOURCE_NOT_JSON`. */
  eventOf(mapping: Pick<Mapping, 'source'>, body: string): StoredEvent;
  /** Runs a mapping over one event; `facts` answers what the subject does not know, nothing unless told. */
  preview(mapping: Mapping, subject: PreviewSubject, facts?: ShapeTools['facts']): Promise<Preview>;
  /** Compares edited files with the live ones over stored events. */
  diff(edited: EditedFiles, scope: DiffScope, log: DiffLog, onProgress?: DiffTools['onProgress']): Promise<Diff>;
  /** What each formula of a stored delivery yielded. */
  explain(detail: DeliveryDetail): Promise<Explanation>;
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
  const { dir, memberId: memberIdKind } = config.mappings;
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
  const shaping = { ...tools, memberIdKind };
  return {
    dir,
    storePath: config.store.path,
    context,
    read: (paths) => (paths.length === 0 ? readMappingFiles(dir) : readPaths(paths, dir)),
    compile: (files) => compileMappings(files, context),
    check: (files) => checkMappings(files, tools),
    test: (mappings) => runMappingTests(mappings, tools),
    eventOf: (mapping, body) => offlineEvent(mapping, body, tools),
    preview: (mapping, subject, facts = knowsNothing) => previewMapping(mapping, subject, { ...shaping, facts }),
    diff: async (edited, scope, log, onProgress = () => {}) => {
      const sides = sidesOf(await log.lastGoodFiles(), edited, context);
      return diffEvents(sides, scope, { ...shaping, log, onProgress });
    },
    explain: (detail) => explainStored(detail, shaping),
    close: () => engine.close(),
  };
}

/** Files outside the mappings folder are named by where they are. */
function readPaths(paths: readonly string[], dir: string): Promise<readonly MappingSourceFile[]> {
  return Promise.all(paths.map((path) => readMappingFile(resolve(path), dir)));
}

/** Without a time of its own, an offline event has one that is the same every time. */
function offlineEvent(
  { source: id }: Pick<Mapping, 'source'>,
  body: string,
  { sources }: Pick<CheckTools, 'sources'>,
): StoredEvent {
  const source = sources.get(id ?? '') ?? [...sources.values()][0];
  if (!source) throw new PointsmanError('MAPPING_UNKNOWN_SOURCE', 'No source is configured');
  return eventOf(source, body, Date.parse('2000-01-01'));
}

const knowsNothing: ShapeTools['facts'] = async (keys) => keys.map(() => null);
