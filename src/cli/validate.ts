import type { Command } from 'commander';
import { hasErrors } from '../core/lint.ts';
import { readConfigFile } from '../runtime/config-file.ts';
import { CONFIG_OPTION, type ConfigOption, findingsOf as configFindings, isMissingConfig } from './config-option.ts';
import { EXIT, type LintFailure, sayLint } from './failure.ts';
import { type OutputFormat, outputOption } from './output.ts';
import { print, say } from './terminal.ts';
import { findingsOf, withWorkbench } from './workbench-option.ts';

/** `pointsman validate`: every finding at once. */
export function validateCommand(program: Command): void {
  program
    .command('validate')
    .description('check the config and the mappings, tests included')
    .argument('[mappings...]', 'mapping files; all of them and the config unless told')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  pointsman validate\n  pointsman validate mappings/tier-change.yaml')
    .action(validate);
}

async function validate(paths: readonly string[], options: ConfigOption & { output: OutputFormat }): Promise<void> {
  const config = paths.length === 0 ? configFaults(options.config) : [];
  const usable = !config.some(({ lint }) => lint.severity === 'error' && lint.code !== 'CONFIG_UNRESOLVED');
  const { findings, count } = usable ? await mappingFaults(options.config, paths) : { findings: [], count: 0 };
  const all = [...config, ...findings];
  if (options.output === 'table') for (const { lint, text } of all) sayLint(lint, text);
  else print(JSON.stringify({ lints: all.map(({ lint }) => lint) }, null, options.output === 'json' ? 2 : 0));
  if (hasErrors(all.map(({ lint }) => lint))) process.exitCode = EXIT.invalid;
  else if (options.output === 'table') say(`${count} mapping${count === 1 ? '' : 's'} and their tests are good.`);
}

/** No config is no fault here: mappings can be checked before one is written. */
function configFaults(file: string): LintFailure['findings'] {
  try {
    return configFindings(readConfigFile(file, 'error'));
  } catch (error) {
    if (isMissingConfig(error)) return [];
    throw error;
  }
}

async function mappingFaults(config: string, paths: readonly string[]) {
  return withWorkbench(config, async (bench) => {
    const checked = await bench.check(await bench.read(paths));
    const count = checked.reduce((sum, { mappings }) => sum + mappings.length, 0);
    return { findings: findingsOf(checked, bench.dir), count };
  });
}
