import type { Audit } from './audit.ts';
import type { Seeded } from './seed.ts';
import type { Year } from './year.ts';

/** Everything that a report shows. */
export interface Outcome {
  readonly seeded: Seeded;
  readonly stars: number;
  readonly year: Year;
  readonly audit: Audit;
  readonly complaints: ReadonlyMap<string, number>;
}

const EXAMPLES = 5;

/** The tables of a year, line by line. */
export function reportLines(outcome: Outcome): readonly string[] {
  return [
    ...eventTable(outcome.audit),
    '',
    ...mappingTable(outcome.audit),
    '',
    ...reminderLines(outcome),
    '',
    ...complaintLines(outcome.complaints),
    ...faultLines(outcome.audit),
  ];
}

function eventTable({ byEvent }: Audit): readonly string[] {
  const rows = [...byEvent].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const sum = (of: 'sent' | 'answered' | 'stored') => rows.reduce((total, [, counts]) => total + counts[of], 0);
  const line = (name: string, cells: readonly (string | number)[]) => name.padEnd(42) + cells.map(cell).join('');
  return [
    line('event', ['sent', '202', 'stored']),
    ...rows.map(([name, { sent, answered, stored }]) => line(name, [sent, answered, stored])),
    line('all', [sum('sent'), sum('answered'), sum('stored')]),
  ];
}

const STATES = ['delivered', 'skipped condition', 'skipped empty', 'dead TRANSFORM_RECALL_MISSING'];

function mappingTable({ byMapping }: Audit): readonly string[] {
  const rows = [...byMapping].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const line = (name: string, cells: readonly (string | number)[]) => name.padEnd(42) + cells.map(cell).join('');
  const cells = (states: ReadonlyMap<string, number>) => {
    const other = [...states].filter(([state]) => !STATES.includes(state)).reduce((sum, [, count]) => sum + count, 0);
    return [...STATES.map((state) => states.get(state) ?? 0), other];
  };
  const sums = rows.map(([, states]) => cells(states));
  const total = (index: number) => sums.reduce((sum, row) => sum + (row[index] ?? 0), 0);
  return [
    line('mapping', ['delivered', 'condition', 'empty', 'no fact', 'other']),
    ...rows.map(([name, states]) => line(name, cells(states))),
    line(
      'all',
      [...STATES, ''].map((_, index) => total(index)),
    ),
  ];
}

function reminderLines({ seeded, stars, year, audit }: Outcome): readonly string[] {
  const { reminders } = audit;
  const line = (text: string, count: number) => text.padEnd(72) + cell(count);
  return [
    line('members read by facts seed', seeded.members),
    line('wallets learned by it (default ones only: the API lists no others)', seeded.facts),
    line('members with expiring stars, a wallet that the seed does not see', stars),
    line('lots that a scan should have reminded of, by the world', year.lots.expected),
    line('reminders sent (PointsWillExpire)', year.reminders.length),
    line('  delivered to the right member', reminders.delivered),
    line('    of these to silent members', reminders.deliveredToSilent),
    line('    of these whose wallet only the seed had taught', reminders.deliveredFromSeedAlone),
    line('    of these after waiting for an event that named the wallet', reminders.deliveredLate),
    line('  skipped: the member has no e-mail', reminders.skippedWithoutEmail),
    line('  dead: nobody taught the wallet within 72 hours (stars)', reminders.untaught),
    line('delivered requests whose member was compared with the world', audit.compared),
  ];
}

function complaintLines(complaints: ReadonlyMap<string, number>): readonly string[] {
  return [...complaints].map(([text, count]) => `server log, ${count} times: ${text}`);
}

function faultLines({ faults }: Audit): readonly string[] {
  if (faults.size === 0) return ['lost 0, wrong member 0, everything as it should be'];
  return [...faults].flatMap(([kind, examples]) => [
    `FAULT ${kind}: ${examples.length}`,
    ...examples.slice(0, EXAMPLES).map((example) => `  ${example}`),
  ]);
}

function cell(value: string | number): string {
  return String(value).padStart(11);
}
