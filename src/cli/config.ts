import type { Command } from 'commander';
import { CONFIG_OPTION, type ConfigOption, configOf } from './config-option.ts';
import { print } from './terminal.ts';

/** `pointsman config show`: the effective configuration. */
export function configCommand(program: Command): void {
  program
    .command('config')
    .description('look at the configuration')
    .command('show')
    .description('print the effective configuration, secrets masked')
    .option(...CONFIG_OPTION)
    .addHelpText('after', '\nExample:\n  pointsman config show -c config.yaml')
    .action(({ config }: ConfigOption) => print(configOf(config, 'error').shown.trimEnd()));
}
