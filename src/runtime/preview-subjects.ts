import { PointsmanError } from '../core/errors.ts';
import { publicId, rowKey } from '../core/id.ts';
import type { Mapping } from '../core/mapping.ts';
import { matchesPattern } from '../core/rule-set.ts';
import { lookupsFor } from '../pipeline/compare/live-drafts.ts';
import type { Log, RunnableEvent } from '../ports/log.ts';
import type { PreviewSubject } from './preview.ts';

/** Which stored events to look at: exactly one of them. */
export interface StoredSubject {
  readonly delivery?: string;
  readonly eventId?: string;
  /** The newest events that the mapping names. */
  readonly last?: number;
}

/** The reads that finding stored events takes. */
export type SubjectLog = Pick<Log, 'delivery' | 'runnableEvents'>;

const PAGE = 200;
/** How far back a pattern is searched for, in events. */
const MOST_SEARCHED = 10_000;

/**
 * The stored events to look at with what was recalled for them then. Throws `API_NOT_FOUND` when there is none, and
 * `CLI_USAGE` when none or more than one way to find them is given.
 */
export async function storedSubjects(
  wanted: StoredSubject,
  mapping: Mapping,
  log: SubjectLog,
): Promise<readonly PreviewSubject[]> {
  if (wanted.delivery !== undefined) return [await subjectOfDelivery(wanted.delivery, log)];
  if (wanted.eventId !== undefined) return [subjectOf(await runnableEvent(wanted.eventId, log), mapping)];
  const found = await newestOf(mapping, wanted.last ?? 1, log);
  if (found.length > 0) return found.map((runnable) => subjectOf(runnable, mapping));
  throw new PointsmanError('API_NOT_FOUND', `No ${mapping.events.join(' or ')} is stored yet`);
}

/** The stored event with this public id. Throws `API_NOT_FOUND`. */
export async function runnableEvent(id: string, log: Pick<Log, 'runnableEvents'>): Promise<RunnableEvent> {
  const key = rowKey('evt', id);
  const filter = { q: publicId('evt', key ?? 0) };
  const { items } = await log.runnableEvents(filter, { before: (key ?? 0) + 1, limit: 1 });
  const [found] = items.filter((one) => one.id === key);
  if (found) return found;
  throw new PointsmanError('API_NOT_FOUND', `There is no ${id}`);
}

async function subjectOfDelivery(id: string, log: SubjectLog): Promise<PreviewSubject> {
  const key = rowKey('dlv', id);
  const detail = key === null ? null : await log.delivery(key);
  if (detail === null) throw new PointsmanError('API_NOT_FOUND', `There is no ${id}`);
  return { event: detail.sourceEvent, lookups: detail.lookups };
}

function subjectOf(runnable: RunnableEvent, mapping: Mapping): PreviewSubject {
  return { event: runnable.event, lookups: lookupsFor(runnable, mapping.id) };
}

async function newestOf(mapping: Mapping, count: number, log: SubjectLog): Promise<readonly RunnableEvent[]> {
  const lists = await Promise.all(mapping.events.map((name) => newestNamed(name, mapping, count, log)));
  const byId = new Map(lists.flat().map((runnable) => [runnable.id, runnable]));
  return [...byId.values()].sort((left, right) => right.id - left.id).slice(0, count);
}

/** A name has its index; a pattern is looked for from the newest event backwards. */
async function newestNamed(
  pattern: string,
  { source }: Mapping,
  count: number,
  log: SubjectLog,
): Promise<readonly RunnableEvent[]> {
  const ofSource = source === null ? {} : { source };
  const isName = !pattern.includes('*');
  const filter = isName ? { ...ofSource, event: pattern } : ofSource;
  const limit = isName ? Math.min(count, PAGE) : PAGE;
  const found: RunnableEvent[] = [];
  let before: number | null = null;
  for (let searched = 0; searched < MOST_SEARCHED && found.length < count; searched += limit) {
    const page = await log.runnableEvents(filter, { before, limit });
    found.push(...page.items.filter(({ event }) => matchesPattern(pattern, event.name)));
    before = page.nextBefore;
    if (before === null) break;
  }
  return found.slice(0, count);
}
