import type { Command } from 'commander';
import { PointsmanError } from '../core/errors.ts';
import type { Forgotten, KnownMember } from '../ports/upkeep.ts';
import { CONFIG_OPTION, configOf } from './config-option.ts';
import { isConfirmed, YES_OPTION } from './confirm.ts';
import { type OutputFormat, outputOption } from './output.ts';
import { harmless, print, say } from './terminal.ts';
import { URL_OPTION, WRITING_HELP, type WriterOption, withWriter } from './writer-option.ts';

interface ForgetOptions extends WriterOption {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly output: OutputFormat;
}

const HELP = `
Erases the events, deliveries, attempts, facts and identifiers of members; open deliveries are not sent any more. A late
repeat of an erased event is still known, and a receipt with salted hashes stays. What Bloomreach got stays there.

Exit status: 2 when an identifier leads to several members: name one, or several, by their keys.

Examples:
  pointsman forget ann@example.com
  pointsman forget Germany/c-1 Germany/email:ann@example.com --yes`;

/** `pointsman forget`: erases members. */
export function forgetCommand(program: Command): void {
  program
    .command('forget')
    .description('erase a member, and all that is stored about her')
    .argument('<members...>', 'a member, by any identifier, with or without the tenant')
    .option('--dry-run', 'only say whom it would be')
    .option(...YES_OPTION)
    .option(...URL_OPTION)
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', `${HELP}\n${WRITING_HELP}`)
    .action(forget);
}

async function forget(members: readonly string[], options: ForgetOptions): Promise<void> {
  const config = configOf(options.config, 'error');
  const { dryRun = false, yes = false, output } = options;
  await withWriter(config, options, async ({ replays }) => {
    const known: KnownMember[] = [];
    for (const member of members) known.push(await replays.meant(member));
    for (const one of known) say(harmless(introduction(one)));
    if (dryRun) return printAll(known, output);
    const question = known.length === 1 ? 'Erase this member?' : `Erase these ${known.length} members?`;
    if (!(await isConfirmed(`${question} It cannot be undone.`, yes))) return say('Nothing was erased.');
    const forgotten: Forgotten[] = [];
    for (const { member } of known) forgotten.push(await replays.forget(member));
    if (output !== 'table') printAll(forgotten, output);
    else for (const one of forgotten) say(harmless(summary(one)));
    if (forgotten.some(({ isDone }) => !isDone)) {
      throw new PointsmanError(
        'API_BUSY',
        'A delivery of hers is in flight: the erasing goes on by itself when it is answered',
      );
    }
  });
}

function introduction({ member, sharedWith }: KnownMember): string {
  if (sharedWith.length === 0) return member;
  return `${member}, who shares an identifier with ${sharedWith.join(', ')}: perhaps the same person`;
}

function summary({ member, isDone, events, deliveries, attempts, facts, aliases }: Forgotten): string {
  const counts = `${events} events, ${deliveries} deliveries, ${attempts} attempts, ${facts} facts, ${aliases} aliases`;
  return isDone ? `${member} is forgotten: ${counts}.` : `${member} is not quite forgotten yet: ${counts} so far.`;
}

function printAll(items: readonly object[], output: OutputFormat): void {
  if (output === 'json') print(JSON.stringify({ items, next: null }, null, 2));
  if (output === 'ndjson') for (const item of items) print(JSON.stringify(item));
}
