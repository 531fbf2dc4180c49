import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { PointsmanError } from '../core/errors.ts';
import type { Preview } from '../runtime/workbench.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { harmless, print, styled } from './terminal.ts';
import { checkedMappings, mappingPath, withWorkbench } from './workbench-option.ts';

interface PreviewOptions extends ConfigOption {
  readonly event: string;
  readonly output: 'text' | 'json';
}

/** `pointsman preview`: what a mapping would send for an event. */
export function previewCommand(program: Command): void {
  program
    .command('preview')
    .description('show what a mapping would send for an event; nothing is sent')
    .argument('<mapping>', 'a mapping file or its name')
    .requiredOption('--event <file>', 'the webhook body as JSON; - for standard input')
    .option(...CONFIG_OPTION)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample:\n  pointsman preview tier-change --event event.json')
    .action(preview);
}

async function preview(word: string, { event, config, output }: PreviewOptions): Promise<void> {
  const body = readEvent(event);
  const results = await withWorkbench(config, async (bench) => {
    const mappings = await checkedMappings(bench, [mappingPath(word, bench.dir)]);
    return Promise.all(
      mappings.map(async (mapping) => ({ mapping: mapping.id, ...(await bench.preview(mapping, body)) })),
    );
  });
  if (output === 'json') print(JSON.stringify(results, null, 2));
  else for (const result of results) print(previewText(result));
}

function previewText({
  mapping,
  outcome,
  emptyKeys,
  values,
  durationMs,
}: Preview & { readonly mapping: string }): string {
  const head = `${styled('bold', mapping)}: ${outcome.kind}  ${styled('dim', `${durationMs.toFixed(1)} ms`)}`;
  const body = outcome.kind === 'requests' ? outcome.requests.map((request) => JSON.stringify(request, null, 2)) : [];
  const why = outcome.kind === 'error' ? [`${outcome.code}: ${outcome.message}`] : [];
  const formulas = values.flat().map(({ path, formula, value }) => {
    return `  ${path.padEnd(28)} ${JSON.stringify(value) ?? 'nothing'}  ${styled('dim', `= ${formula.replace(/\s+/g, ' ')}`)}`;
  });
  const empty = emptyKeys.flat().length > 0 ? [`empty: ${emptyKeys.flat().join(', ')}`] : [];
  return harmlessLines([head, ...why, ...body, ...empty, ...(formulas.length > 0 ? ['formulas:', ...formulas] : [])]);
}

function harmlessLines(lines: readonly string[]): string {
  return lines.map((line) => (line.includes('\u001b') ? line : harmless(line))).join('\n');
}

function readEvent(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new PointsmanError('CLI_USAGE', `Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
