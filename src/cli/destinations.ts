import type { Command } from 'commander';
import type { DestinationView } from '../http/destination-view.ts';
import { CONFIG_OPTION, configOf } from './config-option.ts';
import { type Column, type OutputFormat, outputOption, printList } from './output.ts';
import { say, styled } from './terminal.ts';
import { URL_OPTION, WRITING_HELP, type WriterOption, withWriter } from './writer-option.ts';

const COLUMNS: readonly Column<DestinationView>[] = [
  { title: 'DESTINATION', value: ({ id }) => id },
  { title: 'STATE', value: stateOf, style: (text, { state }) => styled(state === 'ok' ? 'green' : 'red', text) },
  { title: 'SINCE', value: ({ since }) => since?.slice(0, 19).replace('T', ' ') ?? null },
  { title: 'CALLS', value: ({ callsInFlight }) => callsInFlight },
  { title: 'GATHERED', value: ({ gathered }) => gathered },
  { title: 'PER SECOND', value: ({ ratePerSecond }) => ratePerSecond },
  { title: 'WHY', value: whyOf },
];

interface ChangeOptions extends WriterOption {
  readonly reason?: string;
}

/** `pointsman destinations list|pause|resume`: how each is served, and stopping one for a while. */
export function destinationsCommand(program: Command): void {
  const destinations = program.command('destinations').description('see how each destination is served; pause, resume');
  destinations
    .command('list')
    .description('list the destinations: what is paused, what fails, what is in flight')
    .option(...URL_OPTION)
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', WRITING_HELP)
    .addHelpText('after', '\nExample:\n  pointsman destinations list')
    .action(list);
  const named = (name: 'pause' | 'resume', description: string) =>
    destinations
      .command(name)
      .description(description)
      .argument('<name>', 'a destination, or one endpoint of it: bloomreach, bloomreach.customer')
      .option(...URL_OPTION)
      .option(...CONFIG_OPTION)
      .addHelpText('after', WRITING_HELP);
  named('pause', 'send nothing to it until it is resumed: what comes waits, and does not age')
    .option('--reason <text>', 'why, for whoever looks at it')
    .addHelpText('after', '\nExample:\n  pointsman destinations pause bloomreach --reason "moving projects"')
    .action((name: string, options: ChangeOptions) => change('pause', name, options));
  named('resume', 'send to it again, whatever it was paused for')
    .addHelpText('after', '\nExample:\n  pointsman destinations resume bloomreach')
    .action((name: string, options: ChangeOptions) => change('resume', name, options));
}

async function list(options: WriterOption & { readonly output: OutputFormat }): Promise<void> {
  const config = configOf(options.config, 'error');
  const items = await withWriter(config, options, ({ delivering }) => delivering.destinations());
  printList({ items, next: null }, COLUMNS, options.output);
}

async function change(what: 'pause' | 'resume', name: string, options: ChangeOptions): Promise<void> {
  const config = configOf(options.config, 'error');
  const [destination = '', endpoint = null] = name.split(/\.(.*)/s, 2);
  const order = { destination, endpoint, reason: options.reason ?? null };
  const changed = await withWriter(config, options, ({ delivering }) => delivering[what](order));
  const past = `${what}d`;
  if (changed) say(`${name} is ${past}.`);
  else say(what === 'pause' ? `${name} was paused already.` : `${name} was not paused.`);
}

function stateOf({ state, pauses }: DestinationView): string {
  if (state !== 'ok' || pauses.length === 0) return state;
  return 'partly paused';
}

function whyOf({ reason, pauses, heldUntil }: DestinationView): string {
  if (reason !== null) return reason;
  const paused = pauses.map(({ endpoint, detail }) => `${endpoint ?? 'all'}: ${detail}`);
  const held = heldUntil === null ? [] : [`asked to wait until ${heldUntil.slice(0, 19).replace('T', ' ')}`];
  return [...paused, ...held].join('; ');
}
