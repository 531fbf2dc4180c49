import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { PointsmanError } from '../core/errors.ts';
import type { Mapping } from '../core/mapping.ts';
import { isActive } from '../core/rule-set.ts';
import type { Log } from '../ports/log.ts';
import { type PreviewSubject, previewView } from '../runtime/preview.ts';
import { type StoredSubject, storedSubjects } from '../runtime/preview-subjects.ts';
import type { Workbench } from '../runtime/workbench.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { countOption } from './count-option.ts';
import { type NamedPreview, previewText } from './preview-text.ts';
import { print } from './terminal.ts';
import { compiledFiles, mappingPath, withStore, withWorkbench } from './workbench-option.ts';

interface PreviewOptions extends ConfigOption, StoredSubject {
  /** A file, or `-`. */
  readonly event?: string;
  readonly output: 'text' | 'json';
}

/** `pointsman preview`: what a mapping would send for an event. */
export function previewCommand(program: Command): void {
  program
    .command('preview')
    .description('show what a mapping would send for an event; nothing is sent')
    .argument('<mapping>', 'a mapping file or its name')
    .option('--event <file>', 'the webhook body as JSON; - for standard input')
    .option('--delivery <id>', 'the event of a stored delivery, with the facts of then: dlv_…')
    .option('--event-id <id>', 'a stored event: evt_…')
    .option('--last <n>', 'the newest stored events that the mapping names', countOption('--last', 200))
    .option(...CONFIG_OPTION)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  pointsman preview tier-change --event event.json\n  pointsman preview points-expiring --last 1',
    )
    .action(preview);
}

async function preview(word: string, options: PreviewOptions): Promise<void> {
  refuseAmbiguity(options);
  const body = options.event === undefined ? null : readEvent(options.event);
  const previews = await withWorkbench(options.config, async (bench) => {
    const compiled = await compiledFiles(bench, [mappingPath(word, bench.dir)]);
    const mappings = compiled.flatMap((file) => file.mappings);
    if (body === null) return withStore(bench, (log) => previewsOf(mappings, options, bench, log));
    return Promise.all(
      mappings.map(async (mapping) => previewOf(mapping, { event: bench.eventOf(mapping, body), lookups: [] }, bench)),
    );
  });
  if (options.output === 'json') print(JSON.stringify(previews.map(previewView), null, 2));
  else print(previews.map(previewText).join('\n\n'));
}

function refuseAmbiguity({ event, delivery, eventId, last }: PreviewOptions): void {
  const given = [event, delivery, eventId, last].filter((one) => one !== undefined).length;
  if (given === 1) return;
  throw new PointsmanError('CLI_USAGE', 'Give one of --event, --delivery, --event-id and --last');
}

/** With `--last`, only the mappings whose event is stored. */
async function previewsOf(
  mappings: readonly Mapping[],
  wanted: StoredSubject,
  bench: Workbench,
  log: Log,
): Promise<readonly NamedPreview[]> {
  const finds = await Promise.allSettled(mappings.map((mapping) => storedSubjects(wanted, mapping, log)));
  const failed = finds.find((find) => find.status === 'rejected');
  if (failed && finds.every(({ status }) => status === 'rejected')) throw failed.reason;
  const previews = mappings.map(async (mapping, index) => {
    const find = finds[index];
    const subjects = find?.status === 'fulfilled' ? find.value : [];
    return Promise.all(subjects.map((subject) => previewOf(mapping, subject, bench, log)));
  });
  return (await Promise.all(previews)).flat();
}

async function previewOf(
  mapping: Mapping,
  subject: PreviewSubject,
  bench: Workbench,
  log?: Log,
): Promise<NamedPreview> {
  const facts = log && ((...args: Parameters<Log['facts']>) => log.facts(...args));
  const found = await bench.preview(mapping, subject, facts);
  return { ...found, mapping: mapping.id, isActive: isActive(mapping), isShadow: mapping.mode === 'shadow' };
}

function readEvent(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new PointsmanError('CLI_USAGE', `Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
