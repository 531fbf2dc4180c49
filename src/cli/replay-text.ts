import type { ReplayLookView, ReplayView } from '../http/replay-view.ts';
import { counted } from './progress.ts';
import { harmless, styled } from './terminal.ts';
import { valueText } from './value-text.ts';

/** What a replay would do, for people. */
export function lookLines(look: ReplayLookView): readonly string[] {
  const { total, withoutRequest, warnings } = look;
  if (total === 0) return ['Nothing that is stored is meant by this.'];
  const lines = [`${things(look, total)} ${total === 1 ? 'is' : 'are'} to be ${past(look)}.`];
  if (withoutRequest > 0) {
    lines.push(`${counted(withoutRequest)} of them never had a request: those can only be reprocessed.`);
  }
  return [
    ...lines,
    ...outcomeLines(look),
    ...warnings.map((warning) => `${styled('yellow', 'warning', process.stderr)} ${harmless(warning)}`),
  ];
}

/** What a person is asked. */
export function questionOf(look: ReplayLookView): string {
  return `${look.as === 'redeliver' ? 'Redeliver' : 'Reprocess'} ${things(look, look.total)}?`;
}

/** How far a replay got, for people. */
export function replayLines(replay: ReplayView): readonly string[] {
  const { id, status, as, looked, total, replayed, changed, unchanged, canceled, refused, ratePerSecond } = replay;
  const rate = ratePerSecond === null ? '' : `, at most ${ratePerSecond}/s`;
  const counts = { replayed, changed, unchanged, canceled, refused };
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `${id}  ${as}  ${status}${rate}`,
    `  ${counted(looked)} of ${things(replay, total)} looked at`,
    ...told.map(([name, count]) => `  ${counted(count)} ${MEANING[name as keyof typeof counts]}`),
  ];
}

const MEANING = {
  replayed: 'made pending',
  changed: 'of those were delivered before with other bytes',
  unchanged: 'needed nothing',
  canceled: 'open deliveries of older runs taken back',
  refused: 'cannot be replayed',
};

function outcomeLines({ outcome, lookedAt, total, samples }: ReplayLookView): readonly string[] {
  if (!outcome) return [];
  const { newlySent, changed, unchanged, canceled, notSent, refused } = outcome;
  const scope = lookedAt < total ? `Of the first ${counted(lookedAt)}` : 'Of these';
  return [
    `${scope}: ${newlySent} newly sent, ${changed} changed, ${unchanged} unchanged, ${canceled} taken back, ` +
      `${notSent} not sent, ${refused} that cannot be reprocessed.`,
    ...samples.filter(({ kind }) => kind === 'changed').flatMap(sampleLines),
  ];
}

function sampleLines({ eventId, mapping, part, fields }: ReplayLookView['samples'][number]): readonly string[] {
  return [
    `  ${eventId} ${mapping}${part === 0 ? '' : ` part ${part}`}`,
    ...fields.map(({ path, before, after }) =>
      harmless(`    ${path}: ${valueText(before ?? undefined)} → ${valueText(after ?? undefined)}`),
    ),
  ];
}

function things({ as }: Pick<ReplayView, 'as'>, count: number): string {
  if (as === 'reprocess') return `${counted(count)} event${count === 1 ? '' : 's'}`;
  return `${counted(count)} deliver${count === 1 ? 'y' : 'ies'}`;
}

function past({ as }: Pick<ReplayView, 'as'>): string {
  return as === 'redeliver' ? 'redelivered' : 'reprocessed';
}
