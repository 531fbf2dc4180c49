import { publicId } from '../core/id.ts';
import type { Workbench } from '../runtime/workbench.ts';
import { counted } from './progress.ts';
import { harmless, type Style, styled } from './terminal.ts';
import { valueText } from './value-text.ts';

/** What a diff came to. */
export type Diff = Awaited<ReturnType<Workbench['diff']>>;

type Difference = Diff['changes'][number];
type DifferenceKind = Difference['kind'];

const WORDS: Readonly<Record<DifferenceKind, readonly [words: string, style: Style]>> = {
  changed: ['changed', 'yellow'],
  newlySent: ['newly sent', 'green'],
  newlySkipped: ['newly skipped', 'cyan'],
  nowFailing: ['now failing', 'red'],
};
const KINDS = ['changed', 'newlySent', 'newlySkipped', 'nowFailing'] as const;

/** Fields shown of one sample. */
const MOST_FIELDS = 12;

/** A diff for people: counts first, then which fields, then samples. */
export function diffText(diff: Diff): string {
  const { summary, groups, changes } = diff;
  const total = KINDS.reduce((sum, kind) => sum + summary[kind], 0);
  return [
    `${counted(summary.events)} events, compared with what is live`,
    `  ${'same'.padEnd(13)} ${counted(summary.same)}`,
    ...KINDS.flatMap((kind) => countLines(kind, diff)),
    ...(groups.some(({ paths }) => paths.size > 0) ? ['', styled('bold', 'Changed fields'), ...fieldLines(diff)] : []),
    ...(changes.length > 0 ? ['', styled('bold', `Samples (${changes.length} of ${counted(total)})`)] : []),
    ...changes.flatMap(sampleLines),
  ].join('\n');
}

function countLines(kind: DifferenceKind, { summary, groups }: Diff): readonly string[] {
  const [words, style] = WORDS[kind];
  const own = groups.filter((group) => group.kind === kind).sort((left, right) => right.count - left.count);
  const which = own.map(({ mapping, count }) => `${mapping} ${counted(count)}`).join(', ');
  const line = `${words.padEnd(13)} ${counted(summary[kind])}`;
  return [`  ${summary[kind] > 0 ? styled(style, line) : line}${which ? `  ${styled('dim', which)}` : ''}`];
}

function fieldLines({ groups }: Diff): readonly string[] {
  return groups.flatMap(({ mapping, paths }) => {
    const sorted = [...paths].sort(([, left], [, right]) => right - left);
    return sorted.map(([path, count]) => `  ${mapping}  ${harmless(path)}  ${counted(count)}×`);
  });
}

function sampleLines({ kind, event, mapping, part, before, after, fields }: Difference): readonly string[] {
  const [words, style] = WORDS[kind];
  const which = `${publicId('evt', event.id)}  ${event.name} → ${mapping}${part > 0 ? ` (part ${part})` : ''}`;
  const why = after.why ?? (before.standing === after.standing ? null : before.why);
  const standing = before.standing === after.standing ? '' : `  ${before.standing} → ${after.standing}`;
  return [
    `${styled(style, words)}  ${harmless(`${which}  ${event.member ?? 'nobody'}`)}${standing}`,
    ...(why === null ? [] : [`    ${harmless(why)}`]),
    ...fields.slice(0, MOST_FIELDS).map(fieldLine),
    ...(fields.length > MOST_FIELDS ? [`    and ${fields.length - MOST_FIELDS} more fields`] : []),
  ];
}

function fieldLine({ path, before, after }: Difference['fields'][number]): string {
  const sides = [
    ...(before === undefined ? [] : [styled('red', valueText(before))]),
    ...(after === undefined ? [] : [styled('green', valueText(after))]),
  ];
  const sign = before === undefined ? '+' : after === undefined ? '-' : ' ';
  return `  ${sign} ${harmless(path)}: ${sides.join(' → ')}`;
}
