import type { Command } from 'commander';
import type { TestReport } from '../runtime/mapping-tests.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { EXIT, LintFailure } from './failure.ts';
import { print, say, styled } from './terminal.ts';
import { findingsOf, mappingPath, withWorkbench } from './workbench-option.ts';

/** `pointsman test`: the tests that mappings carry. */
export function testCommand(program: Command): void {
  program
    .command('test')
    .description('run the tests of the mappings')
    .argument('[mappings...]', 'mapping files or names; all of them unless told')
    .option(...CONFIG_OPTION)
    .addHelpText('after', '\nA test without expect prints its result.\n\nExample:\n  pointsman test tier-change')
    .action(test);
}

async function test(words: readonly string[], { config }: ConfigOption): Promise<void> {
  const reports = await withWorkbench(config, async (bench) => {
    const files = await bench.read(words.map((word) => mappingPath(word, bench.dir)));
    const compiled = bench.compile(files);
    const findings = findingsOf(compiled, bench.dir).filter(({ lint }) => lint.severity === 'error');
    if (findings.length > 0) throw new LintFailure(findings);
    return bench.test(compiled.flatMap(({ mappings }) => mappings));
  });
  for (const report of reports) print(reportText(report));
  const failed = reports.filter(({ mismatches }) => mismatches.length > 0).length;
  say(`${reports.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = EXIT.failed;
}

function reportText({ mapping, test: { name, expect }, outcome, mismatches }: TestReport): string {
  const title = `${mapping.id} › ${name}`;
  if (expect === null) return `${styled('cyan', '?')} ${title}\n${indented(JSON.stringify(outcome, null, 2))}`;
  if (mismatches.length === 0) return `${styled('green', '✓')} ${title}`;
  const lines = mismatches.map(({ path, expected, actual }) => {
    return `${path || 'result'}\n  ${styled('green', `expected ${expected}`)}\n  ${styled('red', `got      ${actual}`)}`;
  });
  return `${styled('red', '✗')} ${title}\n${indented(lines.join('\n'))}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}
