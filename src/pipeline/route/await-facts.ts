import { isActive, type RuleSet } from '../../core/rule-set.ts';
import { nextLookMs } from '../../core/waiting.ts';
import type { Meter } from '../../ports/meter.ts';
import type { SettledWaiting, Store, WaitingDelivery } from '../../ports/store.ts';
import { type SkippedTime, skippedIn } from '../clock-watch.ts';
import { type PersistTools, persist } from '../persist.ts';
import { type ShapeTools, type Shaping, shape } from './shape.ts';

/** What looking at waiting deliveries needs. */
export interface AwaitFactsTools extends ShapeTools, PersistTools {
  readonly store: Pick<Store, 'dueWaiting' | 'settleWaiting'>;
  readonly ruleSet: () => RuleSet;
  /** Left out, the clock never jumps. */
  readonly skipped?: SkippedTime;
  readonly onRouted: () => void;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'made'>;
}

const CHUNK = 100;

/**
 * Shapes waiting deliveries again whose fact arrived or whose next look is due, with the rule set of this moment.
 * Returns how many it looked at.
 */
export async function awaitFacts(tools: AwaitFactsTools): Promise<number> {
  const nowMs = tools.clock.now();
  const due = (await tools.store.dueWaiting(nowMs, CHUNK)).map((one) => aged(one, nowMs, tools.skipped));
  if (due.length === 0) return 0;
  const rules = tools.ruleSet();
  const shapings = due.map((waiting) => shapingOf(waiting, rules, nowMs));
  const drafts = (
    await shape(
      shapings.filter((shaping) => shaping !== null),
      tools,
    )
  ).values();
  const settled = due.map(({ id, waitingSinceMs }, index): SettledWaiting => {
    if (!shapings[index]) return { kind: 'postponed', deliveryId: id, dueAtMs: nextLookMs(waitingSinceMs, nowMs) };
    return { kind: 'shaped', deliveryId: id, deliveries: drafts.next().value ?? [] };
  });
  await persist('looks at waiting deliveries', () => tools.store.settleWaiting(settled, nowMs), tools);
  for (const one of settled) if (one.kind === 'shaped') tools.meter?.made(one.deliveries);
  tools.onRouted();
  return due.length;
}

/** Time that was skipped is no time that it waited. */
function aged(waiting: WaitingDelivery, nowMs: number, skipped: SkippedTime | undefined): WaitingDelivery {
  const notWaitedMs = skippedIn(skipped, waiting.waitingSinceMs, nowMs);
  return notWaitedMs === 0 ? waiting : { ...waiting, waitingSinceMs: waiting.waitingSinceMs + notWaitedMs };
}

/** Null when the mapping is gone or at rest: it may come back, so the delivery goes on waiting. */
function shapingOf(
  { event, mapping, run, waitingSinceMs }: WaitingDelivery,
  rules: RuleSet,
  nowMs: number,
): Shaping | null {
  const current = rules.byId.get(mapping);
  return current && isActive(current) ? { event, mapping: current, run, waitingSinceMs, nowMs } : null;
}
