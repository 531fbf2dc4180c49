import type { DeliveryStatus } from '../../core/delivery.ts';
import { PointsmanError } from '../../core/errors.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { ReplayChoice } from '../../ports/replays.ts';

/** Deliveries that go on by themselves. */
const OPEN: readonly DeliveryStatus[] = ['waiting', 'pending'];

/** The most ids of one replay. */
const MOST_REPLAYED_IDS = 10_000;

/**
 * Checks what is to be replayed, and makes it definite: a redelivery by filter takes dead letters unless another status is
 * asked for. Throws `API_BAD_REQUEST` or `API_BAD_FILTER`.
 */
export function definiteChoice(choice: ReplayChoice, rules: RuleSet): ReplayChoice {
  const { mode, selection, mapping } = choice;
  if ('ids' in selection && selection.ids.length === 0) throw bad('ids is empty: there is nothing to replay');
  if ('ids' in selection && selection.ids.length > MOST_REPLAYED_IDS) {
    throw bad(`There are ${selection.ids.length} ids; at most ${MOST_REPLAYED_IDS} at once, or use a filter`);
  }
  if (mode === 'reprocess') {
    if (mapping !== null && !rules.byId.has(mapping)) throw bad(`There is no mapping ${mapping}`);
    return choice;
  }
  if (mapping !== null) throw bad('A redelivery sends what was frozen: no mapping is run');
  if (selection.kind === 'events' || selection.kind === 'event-filter') {
    throw bad('Events are reprocessed; a redelivery takes deliveries');
  }
  if (selection.kind === 'deliveries') return choice;
  const { status = 'dead' } = selection.filter;
  if (OPEN.includes(status)) {
    throw new PointsmanError('API_BAD_FILTER', `status is "${status}": such deliveries go on by themselves`);
  }
  return { ...choice, selection: { ...selection, filter: { ...selection.filter, status } } };
}

function bad(message: string): PointsmanError {
  return new PointsmanError('API_BAD_REQUEST', message);
}
