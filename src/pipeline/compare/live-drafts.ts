import type { DeliveryDraft, Lookup } from '../../core/delivery.ts';
import type { Mapping } from '../../core/mapping.ts';
import type { MadeDelivery, RunnableEvent } from '../../ports/log.ts';
import { LOST, runRecalling } from '../route/recall.ts';
import { draftsOf, jobOf, type ShapeTools } from '../route/shape.ts';

/** What comparing asks of a draft. */
export type MadeDraft = Pick<
  DeliveryDraft,
  'status' | 'reason' | 'code' | 'detail' | 'request' | 'destination' | 'endpoint'
>;

/** One mapping over one stored event; null = no mapping asks for it. */
export interface Run {
  readonly runnable: RunnableEvent;
  readonly mapping: Mapping | null;
}

type Drafts = readonly MadeDraft[];

/** The drafts of each run, one a part; none where there is no mapping. Facts of then are recalled as they were then. */
export async function draftsOfRuns(runs: readonly Run[], tools: ShapeTools): Promise<readonly Drafts[]> {
  const jobs = runs.flatMap(({ runnable, mapping }) => {
    if (!mapping) return [];
    return [{ ...jobOf(runnable.event, mapping, tools.memberIdKind), lookups: lookupsFor(runnable, mapping.id) }];
  });
  const results = (await runRecalling(jobs, tools)).values();
  return runs.map(({ runnable: { event }, mapping }) => {
    if (!mapping) return [];
    const shaping = { event, mapping, run: 0, waitingSinceMs: event.clockMs, nowMs: event.clockMs };
    return draftsOf(shaping, results.next().value ?? LOST, tools);
  });
}

/**
 * The same for mappings in force. What the store holds of their very version is not made again: transforms are pure. One
 * event of each mapping is, and when it comes out otherwise (`mappings.memberId` or an endpoint's rules have changed since)
 * all of that mapping are.
 */
export async function liveDrafts(runs: readonly Run[], tools: ShapeTools): Promise<readonly Drafts[]> {
  const stored = runs.map(storedDrafts);
  const probes = new Map<string, number>();
  for (const [index, { mapping }] of runs.entries()) {
    if (mapping && stored[index] && !probes.has(mapping.id)) probes.set(mapping.id, index);
  }
  const probed = await draftsOfRuns(
    [...probes.values()].flatMap((index) => runs[index] ?? []),
    tools,
  );
  const outdated = new Set(
    [...probes].filter(([, index], at) => !sameRequests(stored[index], probed[at])).map(([id]) => id),
  );
  const mustRun = (index: number) => !stored[index] || outdated.has(runs[index]?.mapping?.id ?? '');
  const made = (
    await draftsOfRuns(
      runs.filter((_, index) => mustRun(index)),
      tools,
    )
  ).values();
  return runs.map((_, index) => (mustRun(index) ? made.next().value : stored[index]) ?? []);
}

/** What was recalled for an event then: by any mapping, and last, so that it counts, by this one. */
export function lookupsFor({ deliveries }: RunnableEvent, mappingId: string): readonly Lookup[] {
  const own = deliveries.filter(({ mapping }) => mapping === mappingId);
  const others = deliveries.filter(({ mapping }) => mapping !== mappingId);
  return [...others, ...own].flatMap(({ lookups }) => lookups);
}

/** The drafts as the store holds them; null when they must be made: another version, a failure, a wait. */
function storedDrafts({ runnable, mapping }: Run): Drafts | null {
  if (!mapping) return [];
  const own = runnable.deliveries.filter((made) => made.mapping === mapping.id);
  const run = Math.max(...own.map((made) => made.run));
  const parts = own.filter((made) => made.run === run).sort((left, right) => left.part - right.part);
  const holds = parts.every((made, part) => made.part === part && tells(made, mapping.version));
  return holds && parts.length > 0 ? parts.map((made) => draftOf(made, mapping)) : null;
}

/** Whether what was decided then can be read from the row, whatever became of it later. */
function tells({ mappingVersion, request, status, reason }: MadeDelivery, version: string): boolean {
  if (mappingVersion !== version) return false;
  return request !== null || (status === 'skipped' && reason !== 'by_hand');
}

function draftOf({ request, reason }: MadeDelivery, { mode, destination, endpoint }: Mapping): MadeDraft {
  const base = { request, destination, endpoint, code: null, detail: null };
  if (request === null) return { ...base, status: 'skipped', reason };
  return { ...base, status: mode === 'shadow' ? 'shadowed' : 'pending', reason: null };
}

function sameRequests(left: Drafts | null | undefined, right: Drafts | undefined): boolean {
  return left?.length === right?.length && !left?.some(({ request }, part) => request !== right?.[part]?.request);
}
