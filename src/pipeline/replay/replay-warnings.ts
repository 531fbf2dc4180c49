import type { DeliveryDraft } from '../../core/delivery.ts';
import type { ReplayChoice, ReplayedEvent } from '../../ports/replays.ts';
import type { ShapeTools } from '../route/shape.ts';

/** What a look found, to be judged. */
export interface Judged {
  readonly choice: ReplayChoice;
  readonly events: readonly ReplayedEvent[];
  /** What reprocessing each would add. */
  readonly drafts: readonly (readonly DeliveryDraft[])[];
  readonly nowMs: number;
}

/** A request that would be sent again, or for the first time although its event is old. */
interface Repeat {
  readonly destination: string;
  readonly endpoint: string;
  readonly request: string;
  readonly ageMs: number;
  readonly wasDelivered: boolean;
}

/** What to think of before a replay begins, one line each. */
export function replayWarnings(judged: Judged, tools: Pick<ShapeTools, 'endpoint'>): readonly string[] {
  const repeats = judged.choice.mode === 'redeliver' ? redelivered(judged) : reprocessed(judged);
  const delivered = repeats.filter(({ wasDelivered }) => wasDelivered);
  const reasons = repeats.map((repeat) => reasonOf(repeat, tools)).filter((reason) => reason !== null);
  const counts = Map.groupBy(reasons, (reason) => reason);
  const kept = [...counts].map(([reason, all]) => `${all.length} of those looked at: ${reason}.`);
  if (delivered.length === 0) return kept;
  if (judged.choice.mode === 'redeliver') {
    const dropped = `${delivered.length} of those looked at were delivered already`;
    return [`${dropped}: what a destination drops as a repeat may still start its campaigns again.`, ...kept];
  }
  return [`${delivered.length} of those looked at were delivered before with other bytes: both will be kept.`, ...kept];
}

/** Why the destination would keep it twice; null when it would not, or cannot have it yet. */
function reasonOf(repeat: Repeat, tools: Pick<ShapeTools, 'endpoint'>): string | null {
  const { destination, endpoint, request, ageMs } = repeat;
  const known = tools.endpoint(destination, endpoint);
  if (!known) return `${destination}.${endpoint} is gone, so that it waits until it is back`;
  if (known.keepsRepeat) return known.keepsRepeat(request, ageMs);
  return repeat.wasDelivered ? `${destination}.${endpoint} takes every repeat` : null;
}

function redelivered({ choice: { selection }, events, nowMs }: Judged): readonly Repeat[] {
  return events.flatMap(({ event, earlier }) =>
    earlier.flatMap(({ id, status, destination, endpoint, request }) => {
      const isChosen = 'ids' in selection ? selection.ids.includes(id) : status === selection.filter.status;
      if (!isChosen || request === null) return [];
      const ageMs = nowMs - event.receivedAtMs;
      return [{ destination, endpoint, request, ageMs, wasDelivered: status === 'delivered' }];
    }),
  );
}

function reprocessed({ events, drafts, nowMs }: Judged): readonly Repeat[] {
  return events.flatMap(({ event, earlier }, index) =>
    (drafts[index] ?? []).flatMap(({ status, mapping, part, destination, endpoint, request }) => {
      if (status !== 'pending' || request === null) return [];
      const wasDelivered = earlier.some(
        (one) => one.status === 'delivered' && one.mapping === mapping && one.part === part,
      );
      return [{ destination, endpoint, request, ageMs: nowMs - event.receivedAtMs, wasDelivered }];
    }),
  );
}
