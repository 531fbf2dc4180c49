import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { Json } from '../core/json.ts';
import type { Mismatch, Outcome } from '../mapping/judge.ts';
import type { TestReport } from '../runtime/mapping-tests.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { EXIT, LintFailure } from './failure.ts';
import { type OutputFormat, outputOption } from './output.ts';
import { harmless, print, say, styled } from './terminal.ts';
import { findingsOf, mappingPath, shownPath, withWorkbench } from './workbench-option.ts';

interface TestOptions extends ConfigOption {
  readonly output: OutputFormat;
  readonly verbose?: true;
}

/** A test's result as JSON: `shown` is one that expects nothing. */
interface TestResult {
  readonly mapping: string;
  readonly test: string;
  readonly file: string;
  readonly line: number;
  readonly status: 'passed' | 'failed' | 'shown';
  readonly mismatches: readonly Mismatch[];
  readonly outcome: Outcome;
}

const HELP = `
A test without expect prints its result, as an expect to be copied into the file.

Examples:
  pointsman test
  pointsman test tier-change --verbose`;

/** `pointsman test`: the tests that mappings carry. */
export function testCommand(program: Command): void {
  program
    .command('test')
    .description('run the tests of the mappings')
    .argument('[mappings...]', 'mapping files or names; all of them unless told')
    .option(...CONFIG_OPTION)
    .option('-v, --verbose', 'show what every test yielded')
    .addOption(outputOption())
    .addHelpText('after', HELP)
    .action(test);
}

async function test(words: readonly string[], { config, output, verbose }: TestOptions): Promise<void> {
  const results = await withWorkbench(config, async (bench) => {
    const files = await bench.read(words.map((word) => mappingPath(word, bench.dir)));
    const compiled = bench.compile(files);
    const findings = findingsOf(compiled, bench.dir).filter(({ lint }) => lint.severity === 'error');
    if (findings.length > 0) throw new LintFailure(findings);
    const reports = await bench.test(compiled.flatMap(({ mappings }) => mappings));
    return reports.map((report) => resultOf(report, shownPath(report.mapping.file, bench.dir)));
  });
  const counts = countsOf(results);
  if (output === 'json') print(JSON.stringify({ ...counts, tests: results }, null, 2));
  if (output === 'ndjson') for (const result of results) print(JSON.stringify(result));
  if (output === 'table') for (const result of results) print(textOf(result, verbose === true));
  if (output !== 'json') say(summaryOf(counts));
  if (counts.failed > 0) process.exitCode = EXIT.failed;
}

function resultOf({ mapping, test, outcome, mismatches }: TestReport, file: string): TestResult {
  const status = test.expect === null ? 'shown' : mismatches.length === 0 ? 'passed' : 'failed';
  return { mapping: mapping.id, test: test.name, file, line: test.line, status, mismatches, outcome };
}

function countsOf(results: readonly TestResult[]): Readonly<Record<TestResult['status'], number>> {
  const count = (status: TestResult['status']) => results.filter((result) => result.status === status).length;
  return { passed: count('passed'), failed: count('failed'), shown: count('shown') };
}

function summaryOf({ passed, failed, shown }: ReturnType<typeof countsOf>): string {
  if (passed + failed + shown === 0)
    return 'No mapping here has a test. Add one under tests:, with an event and no expect.';
  const words = `${passed} passed, ${failed} failed${shown > 0 ? `, ${shown} shown` : ''}`;
  return styled(failed > 0 ? 'red' : 'green', words, process.stderr);
}

function textOf(result: TestResult, verbose: boolean): string {
  const { mapping, test, status, mismatches, outcome } = result;
  const title = `${mapping} › ${harmless(test)}`;
  const whole = indented(harmless(stringify({ expect: expectationOf(outcome) }, { lineWidth: 0 }).trimEnd()));
  if (status === 'shown') return `${styled('cyan', '?')} ${title}\n${whole}${reasonOf(outcome)}`;
  if (status === 'passed') return `${styled('green', '✓')} ${title}${verbose ? `\n${yielded(outcome)}` : ''}`;
  const place = styled('dim', `${result.file}:${result.line}`);
  const head = `${styled('red', '✗')} ${title}  ${place}\n${indented(mismatches.map(mismatchText).join('\n'))}`;
  return verbose ? `${head}\n${yielded(outcome)}` : head;
}

function mismatchText({ path, expected, actual }: Mismatch): string {
  const wanted = styled('green', `expected ${harmless(expected)}`);
  return `${styled('bold', path || 'result')}\n  ${wanted}\n  ${styled('red', `got      ${harmless(actual)}`)}`;
}

function yielded(outcome: Outcome): string {
  const text = stringify({ yielded: expectationOf(outcome) }, { lineWidth: 0 }).trimEnd();
  return `${indented(harmless(text))}${reasonOf(outcome)}`;
}

/** An outcome in the words of `expect`. */
function expectationOf(outcome: Outcome): Json {
  if (outcome.kind === 'error') return { error: outcome.code };
  if (outcome.kind !== 'requests') return outcome.kind;
  const [only, ...others] = outcome.requests;
  return only && others.length === 0 ? only : outcome.requests;
}

function reasonOf(outcome: Outcome): string {
  return outcome.kind === 'error' ? `\n${indented(harmless(`# ${outcome.message}`))}` : '';
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}
