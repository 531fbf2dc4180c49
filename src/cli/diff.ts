import { type Command, Option } from 'commander';
import { PointsmanError } from '../core/errors.ts';
import { parseDuration } from '../core/units.ts';
import { diffView } from '../http/diff-view.ts';
import type { CompiledFile } from '../mapping/compile.ts';
import { lintsOf } from '../runtime/mapping-tests.ts';
import { systemClock } from '../runtime/system.ts';
import type { Workbench } from '../runtime/workbench.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { countOption } from './count-option.ts';
import { type Diff, diffText } from './diff-text.ts';
import { EXIT, type LintFailure, sayLint } from './failure.ts';
import { type OutputFormat, outputOption } from './output.ts';
import { createProgress, type Progress } from './progress.ts';
import { print, say } from './terminal.ts';
import { compiledFiles, findingsOf, mappingPath, withStore, withWorkbench } from './workbench-option.ts';

interface DiffOptions extends ConfigOption {
  readonly last?: number;
  readonly since?: string;
  readonly samples?: number;
  readonly output: OutputFormat;
}

/** Which events, and how many differences to keep. */
type DiffScope = Parameters<Workbench['diff']>[1];

const DEFAULT_LAST = 500;
const DEFAULT_SAMPLES = 10;
const MOST = 10_000_000;
const PAGE = 200;

/** `pointsman diff`: what edited mappings would change, shown on the events of the past. */
export function diffCommand(program: Command): void {
  program
    .command('diff')
    .description('compare edited mappings with the live ones over stored events; nothing is sent or written')
    .argument('[mappings...]', 'edited mapping files or names; the whole folder unless told')
    .addOption(new Option('--last <n>', `the newest events, ${DEFAULT_LAST} unless told`).argParser(count('--last')))
    .option('--since <when>', 'events since: 7d, 12h, or a time; all of them, or the newest with --last')
    .addOption(
      new Option('--samples <n>', 'differences to show; all with -o json unless told').argParser(count('--samples')),
    )
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText(
      'after',
      `\nExit status: 0 nothing differs, 3 something differs, 78 the edited files have errors.

Examples:
  pointsman diff tier-change
  pointsman diff --since 7d -o json`,
    )
    .action(diff);
}

async function diff(words: readonly string[], options: DiffOptions): Promise<void> {
  const scope = scopeOf(options);
  const { found, tests } = await withWorkbench(options.config, async (bench) => {
    const paths = words.map((word) => mappingPath(word, bench.dir));
    const compiled = await compiledFiles(bench, paths);
    const found = await compared(compiled, paths.length === 0, scope, bench);
    return { found, tests: await failedTests(compiled, bench) };
  });
  if (options.output === 'table') print(diffText(found));
  else if (options.output === 'json') print(JSON.stringify(diffView(found), null, 2));
  else for (const change of diffView(found).changes) print(JSON.stringify(change));
  for (const { lint, text } of tests) sayLint(lint, text);
  process.exitCode = tests.length > 0 ? EXIT.invalid : exitOf(found);
}

function compared(
  compiled: readonly CompiledFile[],
  complete: boolean,
  scope: DiffScope,
  bench: Workbench,
): Promise<Diff> {
  const progress: Progress | null = process.stderr.isTTY ? createProgress(process.stderr, 'events', systemClock) : null;
  const onProgress = (events: number) => progress?.show('comparing', events, scope.last);
  return withStore(bench, (log) => bench.diff({ compiled, complete }, scope, log, onProgress)).finally(() =>
    progress?.end(),
  );
}

/** A failed test refuses a file when it is saved, but hides no difference here: it is said after them. */
async function failedTests(compiled: readonly CompiledFile[], bench: Workbench): Promise<LintFailure['findings']> {
  const failures = Map.groupBy(
    lintsOf(await bench.test(compiled.flatMap(({ mappings }) => mappings))),
    ({ file }) => file,
  );
  return findingsOf(
    compiled.map((file) => ({ ...file, lints: failures.get(file.file) ?? [] })),
    bench.dir,
  );
}

function exitOf({ summary, groups }: Diff): number {
  if (summary.events === 0) say('No event is stored yet: there is nothing to compare over.');
  return groups.length > 0 ? EXIT.different : EXIT.ok;
}

function scopeOf({ last, since, samples, output }: DiffOptions): DiffScope {
  return {
    filter: since === undefined ? {} : { sinceMs: timeOf(since) },
    last: last ?? (since === undefined ? DEFAULT_LAST : null),
    samples: samples ?? (output === 'table' ? DEFAULT_SAMPLES : null),
    pageSize: PAGE,
  };
}

function timeOf(text: string): number {
  const age = parseDuration(text);
  const ms = age === null ? Date.parse(text) : systemClock.now() - age;
  if (!Number.isNaN(ms)) return ms;
  throw new PointsmanError('CLI_USAGE', `--since is "${text}"; it takes an age such as 7d or 12h, or a time`);
}

function count(name: string): (text: string) => number {
  return countOption(name, MOST);
}
