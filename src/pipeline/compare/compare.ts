import type { StoredEvent } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Mapping } from '../../core/mapping.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { RunnableEvent } from '../../ports/log.ts';
import type { ShapeTools } from '../route/shape.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';
import { draftsOfRuns, liveDrafts, type MadeDraft } from './live-drafts.ts';

/** What becomes of one request: sent, recorded and not sent, not made, or nothing at all because no mapping asks for it. */
type Standing = 'sent' | 'shadowed' | 'skipped' | 'waiting' | 'failing' | 'none';

/** How what the edited mappings do differs from what the live ones do. */
export type DifferenceKind = 'changed' | 'newlySent' | 'newlySkipped' | 'nowFailing';

/** One side of a difference. */
interface ComparedSide {
  readonly standing: Standing;
  /** Why it fails, waits or is skipped; null when there is nothing to say. */
  readonly why: string | null;
}

/** One request that the edited mappings treat differently. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly event: StoredEvent;
  readonly mapping: string;
  readonly part: number;
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  /** Field by field; a request that is only on one side is compared with an empty one. */
  readonly fields: readonly FieldChange[];
}

/** The mappings in force and those that may replace them. */
export interface Sides {
  readonly live: RuleSet;
  readonly edited: RuleSet;
}

/** What comparing some events came to. */
export interface Comparison {
  /** Requests that are treated alike. A mapping whose text is the same counts once per event: it is not run. */
  readonly same: number;
  readonly differences: readonly Difference[];
}

/** One mapping over one event: as it is live, and as it was edited. */
interface Pair {
  readonly runnable: RunnableEvent;
  readonly live: Mapping | null;
  readonly edited: Mapping | null;
}

/**
 * Compares what two rule sets make of stored events. Pure but for the facts it may look up: facts that were recalled for
 * an event then are recalled as they were then.
 */
export async function compareEvents(
  events: readonly RunnableEvent[],
  sides: Sides,
  tools: ShapeTools,
): Promise<Comparison> {
  const pairs = events.filter(isRoutable).flatMap((runnable) => pairsOf(runnable, sides));
  const open = pairs.filter(({ live, edited }) => live?.version !== edited?.version);
  const [live, edited] = await Promise.all([
    liveDrafts(
      open.map(({ runnable, live }) => ({ runnable, mapping: live })),
      tools,
    ),
    draftsOfRuns(
      open.map(({ runnable, edited }) => ({ runnable, mapping: edited })),
      tools,
    ),
  ]);
  const compared = open.flatMap((pair, index) => compareParts(pair, live[index] ?? [], edited[index] ?? []));
  const differences = compared.filter((one) => one !== null);
  return { same: pairs.length - open.length + compared.length - differences.length, differences };
}

/** What the door already found unfit is never routed. */
function isRoutable({ code }: RunnableEvent): boolean {
  return !code?.startsWith('SOURCE_');
}

function pairsOf(runnable: RunnableEvent, sides: Sides): readonly Pair[] {
  const { source, name } = runnable.event;
  const live = new Map(sides.live.match(source, name).map((mapping) => [mapping.id, mapping]));
  const edited = new Map(sides.edited.match(source, name).map((mapping) => [mapping.id, mapping]));
  const ids = new Set([...live.keys(), ...edited.keys()]);
  return [...ids].map((id) => ({ runnable, live: live.get(id) ?? null, edited: edited.get(id) ?? null }));
}

/** Part by part: the difference, or null where there is none. */
function compareParts(
  { runnable, live, edited }: Pair,
  before: readonly MadeDraft[],
  after: readonly MadeDraft[],
): readonly (Difference | null)[] {
  const mapping = (live ?? edited)?.id ?? '';
  return Array.from({ length: Math.max(before.length, after.length) }, (_, part) => {
    const sides = [before[part] ?? null, after[part] ?? null] as const;
    const kind = kindOf(...sides);
    if (kind === null) return null;
    const [left, right] = [sideOf(sides[0]), sideOf(sides[1])];
    const fields = [...addressChange(...sides), ...fieldChanges(requestOf(sides[0]), requestOf(sides[1]))];
    return { kind, event: runnable.event, mapping, part, before: left, after: right, fields };
  });
}

function kindOf(before: MadeDraft | null, after: MadeDraft | null): DifferenceKind | null {
  const [was, is] = [standingOf(before), standingOf(after)];
  if (is === 'failing' && was !== 'failing') return 'nowFailing';
  if (is === 'sent' && was !== 'sent') return 'newlySent';
  if (was === 'sent' && is !== 'sent') return 'newlySkipped';
  return isAlike(before, after) ? null : 'changed';
}

/** Whether both make the same request, or neither makes one for much the same reason. */
function isAlike(before: MadeDraft | null, after: MadeDraft | null): boolean {
  if (addressOf(before) !== addressOf(after)) return false;
  const [was, is] = [standingOf(before), standingOf(after)].map((one) => (one === 'none' ? 'skipped' : one));
  if (was !== is || (before?.request ?? null) !== (after?.request ?? null)) return false;
  return was === 'skipped' || (before?.code === after?.code && before?.detail === after?.detail);
}

function standingOf(draft: MadeDraft | null): Standing {
  if (draft === null) return 'none';
  if (draft.status === 'pending') return 'sent';
  return draft.status === 'dead' ? 'failing' : draft.status;
}

function sideOf(draft: MadeDraft | null): ComparedSide {
  const standing = standingOf(draft);
  if (draft?.code) return { standing, why: `${draft.code}: ${draft.detail ?? ''}` };
  return { standing, why: draft?.detail ?? draft?.reason ?? null };
}

function addressChange(before: MadeDraft | null, after: MadeDraft | null): readonly FieldChange[] {
  const [from, to] = [addressOf(before), addressOf(after)];
  return from === null || to === null || from === to ? [] : [{ path: 'to', before: from, after: to }];
}

/** Where a request goes; null when there is none. */
function addressOf(draft: MadeDraft | null): string | null {
  return draft?.request == null ? null : `${draft.destination}.${draft.endpoint}`;
}

function requestOf(draft: MadeDraft | null): JsonObject {
  return draft?.request == null ? {} : (JSON.parse(draft.request) as JsonObject);
}
