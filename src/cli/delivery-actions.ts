import type { Command } from 'commander';
import { CONFIG_OPTION, configOf } from './config-option.ts';
import { say } from './terminal.ts';
import { URL_OPTION, WRITING_HELP, type WriterOption, withWriter } from './writer-option.ts';

const ACTIONS = {
  skip: {
    description: 'give a pending delivery up: it is never sent, and the next of its member goes on',
    done: 'is skipped: it is never sent.',
  },
  release: {
    description: 'let a pending or held delivery go at once, before others of its member that came earlier',
    done: 'is released: it goes at once.',
  },
} as const;

/** `pointsman deliveries skip|release`: what a person does with one delivery. */
export function deliveryActionCommands(deliveries: Command): void {
  for (const action of ['skip', 'release'] as const) {
    deliveries
      .command(action)
      .description(ACTIONS[action].description)
      .argument('<id>', 'a delivery id: dlv_…')
      .option(...URL_OPTION)
      .option(...CONFIG_OPTION)
      .addHelpText('after', WRITING_HELP)
      .addHelpText('after', `\nExample:\n  pointsman deliveries ${action} dlv_00000000001`)
      .action((id: string, options: WriterOption) => act(id, action, options));
  }
}

async function act(id: string, action: keyof typeof ACTIONS, options: WriterOption): Promise<void> {
  const config = configOf(options.config, 'error');
  await withWriter(config, options, ({ delivering }) => delivering.act(id, action));
  say(`${id} ${ACTIONS[action].done}`);
}
