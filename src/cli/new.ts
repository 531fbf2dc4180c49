import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { PointsmanError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { hasErrors } from '../core/lint.ts';
import { runnableEvent } from '../runtime/preview-subjects.ts';
import { scaffold } from '../runtime/scaffold/scaffold.ts';
import type { Workbench } from '../runtime/workbench.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { LintFailure } from './failure.ts';
import { print, say } from './terminal.ts';
import { findingsOf, withStore, withWorkbench } from './workbench-option.ts';

interface NewOptions extends ConfigOption {
  readonly event?: string;
  readonly fromEvent?: string;
  /** `-` for standard output. */
  readonly output?: string;
  readonly force?: boolean;
}

/** `pointsman new`: a first draft of a mapping, with a test that passes. */
export function newCommand(program: Command): void {
  program
    .command('new')
    .description('write a first draft of a mapping, with a test that passes')
    .argument('<name>', 'the name of the mapping, such as points-expiring')
    .option('--event <name>', 'the event it is for, as the loyalty engine calls it')
    .option('--from-event <id>', 'a stored event to write the test from, told about a made-up person: evt_…')
    .option(
      '-o, --output <file>',
      'where to write it; - for standard output; NAME.yaml in the mappings folder unless told',
    )
    .option('--force', 'write over a file that is there')
    .option(...CONFIG_OPTION)
    .addHelpText(
      'after',
      '\nExamples:\n  pointsman new coupon-reminder --event CouponWillExpire\n  pointsman new reward --from-event evt_00000000001',
    )
    .action(create);
}

async function create(name: string, options: NewOptions): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    throw new PointsmanError(
      'CLI_USAGE',
      `"${name}" is no name: lower-case letters, digits and dashes, a letter first`,
    );
  }
  const { path, text } = await withWorkbench(options.config, (bench) => drafted(name, options, bench));
  if (path === null) return print(text.trimEnd());
  writeNew(path, text, options.force === true);
  const shown = relative(process.cwd(), path) || path;
  print(shown);
  if (process.stderr.isTTY) say(`Next: edit it, then pointsman test ${shown} and pointsman preview ${shown} --last 1`);
}

async function drafted(
  name: string,
  options: NewOptions,
  bench: Workbench,
): Promise<{ readonly path: string | null; readonly text: string }> {
  const path = options.output === '-' ? null : resolve(options.output ?? join(bench.dir, `${name}.yaml`));
  const file = path === null ? `${name}.yaml` : relative(bench.dir, path);
  const text = await scaffold({ name, file, ...(await subjectOf(options, bench)) }, bench);
  const checked = await bench.check([{ file, bytes: new TextEncoder().encode(text) }]);
  // Not to be expected: what is written is checked, so that nobody starts from a draft that is refused.
  if (checked.some(({ lints }) => hasErrors(lints))) throw new LintFailure(findingsOf(checked, bench.dir));
  return { path, text };
}

async function subjectOf(
  { event, fromEvent }: NewOptions,
  bench: Workbench,
): Promise<{ readonly event: string; readonly body: JsonObject | null }> {
  if (event !== undefined && fromEvent === undefined) return { event, body: null };
  if (fromEvent === undefined || event !== undefined) {
    throw new PointsmanError('CLI_USAGE', 'Give --event or --from-event');
  }
  const found = await withStore(bench, (log) => runnableEvent(fromEvent, log));
  const body = JSON.parse(found.event.body) as Json;
  return { event: found.event.name, body: isJsonObject(body) ? body : null };
}

function writeNew(path: string, text: string, force: boolean): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const message = isThere ? `${path} is there already; --force writes over it` : (cause as Error).message;
    throw new PointsmanError('CLI_USAGE', message, { cause });
  }
}
