import { isSourceFault } from '../../core/errors.ts';
import type { Mapping } from '../../core/mapping.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { ReplayedEvent, ReprocessedEvent } from '../../ports/replays.ts';
import { type ShapeTools, type Shaping, shape } from '../route/shape.ts';

/** How events are run again. */
export interface ReprocessRules {
  readonly rules: RuleSet;
  /** The only mapping that is run; null = all of the rule set. */
  readonly mapping: string | null;
  readonly nowMs: number;
}

/**
 * Runs events through today's rule set, with the facts of today and each event's own clock. What the door found unfit is
 * refused; what is still to be routed is left to that.
 */
export async function reprocessEvents(
  events: readonly ReplayedEvent[],
  { rules, mapping, nowMs }: ReprocessRules,
  tools: ShapeTools,
): Promise<readonly ReprocessedEvent[]> {
  const isAsked = ({ id }: Mapping) => mapping === null || id === mapping;
  const shapings = events.map(({ event, status, code }): readonly Shaping[] => {
    if (status === 'accepted' || isSourceFault(code)) return [];
    const matched = rules.match(event.source, event.name).filter(isAsked);
    return matched.map((one) => ({ event, mapping: one, run: 0, waitingSinceMs: nowMs, nowMs }));
  });
  const drafts = (await shape(shapings.flat(), tools)).values();
  return events.map(({ event, status, code }, index) => {
    const own = shapings[index] ?? [];
    const deliveries = own.flatMap(() => drafts.next().value ?? []);
    const routed = { status: own.length > 0 ? ('routed' as const) : ('unmatched' as const), deliveries };
    const isRefused = isSourceFault(code);
    return { eventId: event.id, routed: isRefused || status === 'accepted' ? null : routed, isRefused };
  });
}
