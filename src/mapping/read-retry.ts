import type { RetryPolicy } from '../core/retry-policy.ts';
import { parseDuration } from '../core/units.ts';
import { RETRY_KEYS } from './keys.ts';
import { expected, fieldsOf } from './read-values.ts';
import type { Scope } from './scope.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

// The same limits as for a destination's own policy.
const MOST_QUICK_TRIES = 10;
const LONGEST_SCHEDULE = 50;
const LONGEST_WAIT = '30d';
const LONGEST_AGE = '365d';

/** Reads `retry`: what it leaves out comes from the destination. */
export function readRetry(entry: YamlEntry | undefined, scope: Pick<Scope, 'findings'>): Partial<RetryPolicy> {
  if (!entry) return {};
  if (entry.value.kind !== 'map') {
    expected('retry', `a map with ${RETRY_KEYS.join(', ')}`, entry.value, scope);
    return {};
  }
  const fields = fieldsOf(entry.value, RETRY_KEYS, 'retry', scope);
  const quick = readNumber(fields.get('quick'), MOST_QUICK_TRIES, true, scope);
  const jitter = readNumber(fields.get('jitter'), 1, false, scope);
  const scheduleMs = readSchedule(fields.get('schedule'), scope);
  const giveUp = fields.get('giveUpAfter');
  const giveUpAfterMs = giveUp ? readDuration('retry.giveUpAfter', giveUp.value, LONGEST_AGE, scope) : null;
  return {
    ...(quick !== null && { quick }),
    ...(scheduleMs !== null && { scheduleMs }),
    ...(jitter !== null && { jitter }),
    ...(giveUpAfterMs !== null && { giveUpAfterMs }),
  };
}

function readNumber(
  entry: YamlEntry | undefined,
  most: number,
  whole: boolean,
  scope: Pick<Scope, 'findings'>,
): number | null {
  if (!entry) return null;
  const value = entry.value.kind === 'scalar' ? entry.value.value : null;
  const fits = typeof value === 'number' && value >= 0 && value <= most && (!whole || Number.isInteger(value));
  if (fits) return value;
  expected(`retry.${entry.key}`, `a ${whole ? 'whole ' : ''}number from 0 to ${most}`, entry.value, scope);
  return null;
}

function readSchedule(entry: YamlEntry | undefined, scope: Pick<Scope, 'findings'>): readonly number[] | null {
  if (!entry) return null;
  if (entry.value.kind !== 'list' || entry.value.items.length > LONGEST_SCHEDULE) {
    expected('retry.schedule', `a list of at most ${LONGEST_SCHEDULE} durations`, entry.value, scope);
    return null;
  }
  return entry.value.items.flatMap((item) => readDuration('retry.schedule', item, LONGEST_WAIT, scope) ?? []);
}

function readDuration(key: string, node: YamlNode, most: string, scope: Pick<Scope, 'findings'>): number | null {
  const text = node.kind === 'scalar' ? node.value : null;
  const duration = typeof text === 'string' ? parseDuration(text) : null;
  if (duration !== null && duration > 0 && duration <= (parseDuration(most) ?? 0)) return duration;
  expected(key, `a duration such as 5s, 2m or 3h, at most ${most}`, node, scope);
  return null;
}
