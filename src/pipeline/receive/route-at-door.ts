import type { DeliveryDraft } from '../../core/delivery.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { AcceptedDraft } from '../../ports/store.ts';
import type { TransformEngine } from '../../ports/transform-engine.ts';
import { draftsOf, jobOf, type ShapeTools } from '../route/shape.ts';
import type { Drafted } from './draft.ts';
import type { Unrouted } from './unrouted.ts';

/** What routing at the door needs. */
export interface DoorRouteTools extends Pick<ShapeTools, 'endpoint' | 'memberIdKind'> {
  readonly engine: Pick<TransformEngine, 'runInline'>;
  readonly ruleSet: () => RuleSet;
  readonly unrouted: Unrouted;
}

/**
 * Routes an event before it is stored, so that it and its deliveries share one commit: only where nothing before it is
 * unrouted and every mapping that matches runs inline, without a fact. Everything else is stored first (`routed` null),
 * and counted as unrouted. Changes nothing else, never throws.
 */
export function routeAtDoor(drafted: Drafted, tools: DoorRouteTools): AcceptedDraft {
  const { draft } = drafted;
  if (draft.failure !== null) return { ...draft, routed: null };
  const routed = tools.unrouted.isClear(draft.partition) ? routedOrNull(drafted, tools) : null;
  if (routed === null) tools.unrouted.enter(draft.partition);
  return { ...draft, routed };
}

/** A bug in routing must not refuse a webhook: the router meets it again, and says so. */
function routedOrNull(drafted: Drafted, tools: DoorRouteTools): AcceptedDraft['routed'] {
  try {
    return routedNow(drafted, tools);
  } catch {
    return null;
  }
}

function routedNow({ draft, body }: Drafted, tools: DoorRouteTools): AcceptedDraft['routed'] {
  const matched = tools.ruleSet().match(draft.source, draft.name);
  const deliveries: DeliveryDraft[] = [];
  for (const mapping of matched) {
    const { input, ...job } = jobOf(draft, mapping, tools.memberIdKind);
    const result = tools.engine.runInline({ ...job, input: { ...input, parsed: body } });
    if (result === null || result.kind === 'needs' || result.kind === 'missing') return null;
    const { receivedAtMs: nowMs } = draft;
    const shaping = { event: draft, mapping, run: 0, waitingSinceMs: nowMs, nowMs };
    deliveries.push(...draftsOf(shaping, { result, lookups: [] }, tools));
  }
  return { status: matched.length > 0 ? 'routed' : 'unmatched', deliveries };
}
