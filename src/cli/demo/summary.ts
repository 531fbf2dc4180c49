import type { Stats } from '../../ports/log.ts';
import { styled } from '../terminal.ts';

/** The numbers a demo ends with: all from the store. */
export interface Summary {
  /** Webhooks that were stored; duplicates are not. */
  readonly received: number;
  readonly delivered: number;
  /** Deliveries that took more than one try. */
  readonly retried: number;
  readonly dead: number;
  readonly skipped: number;
  readonly unmatched: number;
  readonly duplicates: number;
}

/** The summary of a store's counters. */
export function summaryOf({ received, duplicates, unmatched, retried, deliveries }: Stats): Summary {
  const { delivered, dead, skipped } = deliveries;
  return { received, delivered, retried, dead, skipped, unmatched, duplicates };
}

/** The summary on one line. */
export function summaryText(summary: Summary): string {
  const parts = Object.entries(summary).map(([name, count]) => `${name} ${count}`);
  return `${styled('bold', 'Summary')}  ${parts.join(', ')}`;
}
