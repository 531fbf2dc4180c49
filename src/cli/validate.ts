import { type Command, Option } from 'commander';
import { hasErrors, type Lint } from '../core/lint.ts';
import type { CompiledFile } from '../mapping/compile.ts';
import { readConfigFile } from '../runtime/config-file.ts';
import { CONFIG_OPTION, type ConfigOption, findingsOf as configFindings, isMissingConfig } from './config-option.ts';
import { EXIT, type LintFailure, sayLint } from './failure.ts';
import { type OutputFormat, outputOption } from './output.ts';
import { print, say, styled } from './terminal.ts';
import { colouredDiff, type FileFix, fixFiles } from './validate-fix.ts';
import { findingsOf, mappingPath, withWorkbench } from './workbench-option.ts';

type Findings = LintFailure['findings'];

interface ValidateOptions extends ConfigOption {
  readonly output: OutputFormat;
  readonly fix?: true;
  readonly dryRun?: true;
  readonly denyWarnings?: true;
}

/** What was checked, and what is found. */
interface Result {
  readonly findings: Findings;
  readonly files: number;
  readonly mappings: number;
  readonly fixes: readonly FileFix[];
}

const EXAMPLES = `
Examples:
  pointsman validate
  pointsman validate mappings/tier-change.yaml -o ndjson
  pointsman validate --fix --dry-run`;

/** `pointsman validate`: every finding at once. */
export function validateCommand(program: Command): void {
  program
    .command('validate')
    .description('check the config and the mappings, tests included')
    .argument('[mappings...]', 'mapping files or names; all of them and the config unless told')
    .option(...CONFIG_OPTION)
    .option('--fix', 'rewrite in mapping files what has one safe remedy, and show the difference')
    .addOption(new Option('--dry-run', 'with --fix: show the difference, write nothing').implies({ fix: true }))
    .option('--deny-warnings', 'let a warning fail the command as an error does')
    .addOption(outputOption())
    .addHelpText('after', EXAMPLES)
    .action(validate);
}

async function validate(words: readonly string[], options: ValidateOptions): Promise<void> {
  const config = words.length === 0 ? configFaults(options.config) : [];
  const usable = !config.some(({ lint }) => lint.severity === 'error' && lint.code !== 'CONFIG_UNRESOLVED');
  const nothing: Result = { findings: [], files: 0, mappings: 0, fixes: [] };
  const checked = usable ? await checkMappings(words, options) : nothing;
  const result = { ...checked, findings: [...config, ...checked.findings].toSorted(byPlace) };
  const { errors, warnings } = countsOf(result);
  show(result, options);
  const isUnwritten = result.fixes.some(({ written, repaired }) => !written && hasErrors(repaired));
  if (errors > 0 || isUnwritten || (options.denyWarnings && warnings > 0)) process.exitCode = EXIT.invalid;
}

/** No config is no fault here: mappings can be checked before one is written. */
function configFaults(file: string): Findings {
  try {
    return configFindings(readConfigFile(file, 'error'));
  } catch (error) {
    if (isMissingConfig(error)) return [];
    throw error;
  }
}

async function checkMappings(words: readonly string[], { config, fix, dryRun }: ValidateOptions): Promise<Result> {
  return withWorkbench(config, async (bench) => {
    const files = await bench.read(words.map((word) => mappingPath(word, bench.dir)));
    const { fixes, checked } = fix
      ? await fixFiles(bench, files, dryRun === true)
      : { fixes: [], checked: await bench.check(files) };
    return { findings: findingsOf(checked, bench.dir), files: files.length, mappings: mappingsIn(checked), fixes };
  });
}

function mappingsIn(checked: readonly CompiledFile[]): number {
  return checked.reduce((sum, { mappings }) => sum + mappings.length, 0);
}

function show(result: Result, { output, fix }: ValidateOptions): void {
  const { findings, files, mappings, fixes } = result;
  const lints = findings.map(({ lint }) => lint);
  if (output === 'ndjson') for (const lint of lints) print(JSON.stringify(lint));
  if (output === 'json') print(JSON.stringify({ lints, files, mappings, ...countsOf(result), fixes }, null, 2));
  if (output === 'table') {
    for (const one of fixes) showFix(one);
    for (const { lint, text } of findings) sayLint(lint, text);
  }
  if (output !== 'json') say(summaryOf(result, fix !== true));
}

function showFix({ file, diff, written, refused, repaired }: FileFix): void {
  print(colouredDiff(diff));
  const count = counted(repaired.length, 'finding');
  if (refused !== null) {
    say(`${styled('yellow', 'left as it is', process.stderr)} ${file}: ${refused}`);
  } else say(`${styled('green', written ? 'repaired' : 'would repair', process.stderr)} ${count} in ${file}`);
}

function summaryOf(result: Result, mayFix: boolean): string {
  const { files, mappings, findings } = result;
  const { errors, warnings } = countsOf(result);
  if (findings.length === 0)
    return `${counted(mappings, 'mapping')} in ${counted(files, 'file')}, tests included: all good.`;
  const places = new Set(findings.map(({ lint }) => lint.file)).size;
  const found = `${counted(errors, 'error')}, ${counted(warnings, 'warning')} in ${counted(places, 'file')}`;
  const fixable = mayFix ? findings.filter(({ lint }) => lint.fix !== undefined).length : 0;
  const hint = fixable > 0 ? `; pointsman validate --fix repairs ${fixable === 1 ? 'one' : `up to ${fixable}`}` : '';
  return styled(errors > 0 ? 'red' : 'yellow', found, process.stderr) + hint;
}

function countsOf({ findings }: Pick<Result, 'findings'>): { readonly errors: number; readonly warnings: number } {
  const errors = findings.filter(({ lint }) => lint.severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function byPlace({ lint: left }: { readonly lint: Lint }, { lint: right }: { readonly lint: Lint }): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}
