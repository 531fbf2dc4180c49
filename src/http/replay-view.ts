import { publicId } from '../core/id.ts';
import type { ReplayLook } from '../pipeline/replay/replay-look.ts';
import type { Replay, ReplayChoice } from '../ports/replays.ts';

/** A replay as the API and `-o json` show it. */
export type ReplayView = ReturnType<typeof replayView>;

/** A replay with how far it got. */
export function replayView(replay: Replay) {
  const { status, total, looked, replayed, changed, unchanged, canceled, refused, ratePerSecond } = replay;
  return {
    id: publicId('rpl', replay.id),
    status,
    ...choiceView(replay),
    ratePerSecond,
    ...{ total, looked, replayed, changed, unchanged, canceled, refused },
    createdAt: new Date(replay.createdAtMs).toISOString(),
    changedAt: new Date(replay.changedAtMs).toISOString(),
  };
}

/** What a replay would do, as the API and `-o json` show it. */
export type ReplayLookView = ReturnType<typeof replayLookView>;

/** A look before a replay begins. */
export function replayLookView({ choice, total, refused, lookedAt, outcome, samples, warnings }: ReplayLook) {
  return {
    dryRun: true,
    ...choiceView(choice),
    total,
    withoutRequest: refused,
    lookedAt,
    outcome,
    samples: samples.map(({ event, fields, ...sample }) => ({
      eventId: publicId('evt', event),
      ...sample,
      fields: fields.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null })),
    })),
    warnings,
  };
}

/** Ids are counted: they may be thousands. */
function choiceView({ mode, selection, mapping }: ReplayChoice) {
  if ('ids' in selection) return { as: mode, of: selection.kind, ids: selection.ids.length, filter: null, mapping };
  const { sinceMs, untilMs, ...filter } = selection.filter;
  const times = {
    ...(sinceMs !== undefined && { since: new Date(sinceMs).toISOString() }),
    ...(untilMs !== undefined && { until: new Date(untilMs).toISOString() }),
  };
  const of = selection.kind === 'event-filter' ? ('events' as const) : ('deliveries' as const);
  return { as: mode, of, ids: null, filter: { ...filter, ...times }, mapping };
}
