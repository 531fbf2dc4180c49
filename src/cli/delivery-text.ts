import type { DeliveryDetailView } from '../http/log-view.ts';
import { statusStyle } from './output.ts';
import { harmless, styled } from './terminal.ts';
import { formulaLines } from './value-text.ts';

/** A delivery on one screen: event → mapping → each formula and its value → request → every attempt. */
export function deliveryText(view: DeliveryDetailView): string {
  const { sourceEvent: event } = view;
  const why = view.code ?? view.reason ?? view.detail;
  const held = blockedText(view.blockedBy);
  return [
    `${styled('bold', view.id)}  ${statusStyle(view.status, view.status)}${why ? `  ${harmless(why)}` : ''}`,
    ...(view.detail && view.detail !== why ? [harmless(view.detail)] : []),
    field('member', view.member),
    field('to', `${view.destination}.${view.endpoint}`),
    field('created', view.createdAt),
    field('next', view.dueAt),
    field('held', held),
    section(`Event ${event.id}  ${event.event}`, event.body),
    `\n${styled('bold', `Mapping ${view.mapping} ${view.mappingVersion}`)}\n${indented(view.mappingText === null ? 'its text is not stored' : essence(view.mappingText))}`,
    ...formulaSection(view),
    section(`Request${view.part > 0 ? ` (part ${view.part})` : ''}`, view.request ?? 'none: it never got that far'),
    field('empty', view.emptyKeys.join(', ') || null),
    ...view.lookups.map(({ kind, key, value }) => field('recalled', `${kind} ${key} = ${JSON.stringify(value)}`)),
    `\n${styled('bold', `Attempts (${view.attemptLog.length})`)}`,
    ...view.attemptLog.map(attemptLine),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** What holds a delivery back, in words; null when nothing does. */
export function blockedText(blockedBy: string | null): string | null {
  return blockedBy?.startsWith('dlv_') ? `behind ${blockedBy}` : blockedBy;
}

/** The values of then, made again from what is stored; where that is not possible, why. */
function formulaSection({ formulas, formulasRemark: remark }: DeliveryDetailView): readonly string[] {
  const title = `\n${styled('bold', 'Formulas')}`;
  const remarks = remark === null ? [] : [`  ${styled('yellow', harmless(remark))}`];
  return [title, ...formulaLines(formulas), ...remarks];
}

/** A mapping without its head comment and its tests: what made the request. */
function essence(text: string): string {
  return text.replace(/^(?:#.*\n|[ \t]*\n)+/, '').replace(/^tests:\n(?:[ \t#-].*\n|\n)*/m, '');
}

function attemptLine(attempt: DeliveryDetailView['attemptLog'][number]): string {
  const { startedAt, verdict, httpStatus, durationMs, code, detail, response } = attempt;
  const head = `  ${startedAt}  ${statusStyle(verdict.padEnd(12), verdict)} ${httpStatus ?? '---'}  ${durationMs} ms`;
  const why = [code, detail].filter((part) => part !== null).join(': ');
  const answered = response ? `\n${indented(styled('dim', harmless(response)), 6)}` : '';
  return `${head}${why ? `  ${harmless(why)}` : ''}${answered}`;
}

function field(name: string, value: string | null): string {
  return value === null ? '' : `  ${styled('dim', name.padEnd(9))} ${harmless(value)}`;
}

function section(title: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return `\n${styled('bold', harmless(title))}\n${indented(text)}`;
}

/** Line by line, so that the line breaks of a text survive and its control characters do not. */
function indented(text: string, by = 2): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(by)}${line.includes('\u001b[') ? line : harmless(line)}`)
    .join('\n');
}
