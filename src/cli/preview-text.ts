import { type Preview, previewView } from '../runtime/preview.ts';
import { harmless, styled } from './terminal.ts';
import { formulaLines, valueText } from './value-text.ts';

/** A preview of a mapping. */
export interface NamedPreview extends Preview {
  readonly mapping: string;
  /** False = it is switched off, so nothing of this would happen. */
  readonly isActive: boolean;
  readonly isShadow: boolean;
}

/** A preview on one screen: event → each formula and its value → request. */
export function previewText(preview: NamedPreview): string {
  const { id, event, member, createdAt, body } = previewView(preview).event;
  const title = ['Event', ...(id === null ? [] : [id]), event].join(' ');
  const ms = styled('dim', `${preview.durationMs.toFixed(1)} ms`);
  return [
    `${styled('bold', preview.mapping)}: ${outcomeText(preview)}  ${ms}`,
    `\n${styled('bold', harmless(title))}  ${harmless(member ?? 'nobody')}  ${createdAt}`,
    indented(JSON.stringify(body, null, 2)),
    ...preview.lookups.map(({ kind, key, value }) => `  recalled ${harmless(`${kind} ${key}`)} = ${valueText(value)}`),
    ...partsOf(preview).flatMap(partLines),
  ].join('\n');
}

function outcomeText({ outcome, isActive, isShadow }: NamedPreview): string {
  const off = isActive ? '' : ', and it is switched off';
  if (outcome.kind === 'error') return `${styled('red', `error ${outcome.code}`)} ${harmless(outcome.message)}${off}`;
  if (outcome.kind !== 'requests') return styled('yellow', outcome.kind) + off;
  const { length } = outcome.requests;
  return `${length} request${length === 1 ? '' : 's'}${isShadow ? ', recorded and not sent (shadow)' : ''}${off}`;
}

const MIXED = 'All of these run in a worker: only a mapping whose formulas are all inline runs inline.';

interface Part {
  readonly title: string;
  readonly request: string | null;
  readonly empty: readonly string[];
  readonly formulas: Preview['values'][number];
}

function partsOf({ outcome, emptyKeys, values }: Preview): readonly Part[] {
  const requests = outcome.kind === 'requests' ? outcome.requests : [null];
  return requests.map((request, index) => ({
    title: requests.length === 1 ? '' : ` ${index}`,
    request: request === null ? null : JSON.stringify(request, null, 2),
    empty: emptyKeys[index] ?? [],
    formulas: values[index] ?? [],
  }));
}

function partLines({ title, request, empty, formulas }: Part): readonly string[] {
  return [
    ...(formulas.length > 0 ? [`\n${styled('bold', `Formulas${title}`)}`, ...formulaLines(formulas)] : []),
    ...(isMixed(formulas) ? [`  ${styled('dim', MIXED)}`] : []),
    ...(request === null ? [] : [`\n${styled('bold', `Request${title}`)}`, indented(request)]),
    ...(empty.length > 0 ? [`  empty: ${empty.join(', ')}`] : []),
  ];
}

function isMixed(formulas: Part['formulas']): boolean {
  return formulas.some(({ inline }) => inline) && !formulas.every(({ inline }) => inline);
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${harmless(line)}`)
    .join('\n');
}
