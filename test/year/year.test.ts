import { expect, test } from 'vitest';
import { reportLines } from './report.ts';
import { simulate } from './simulate.ts';

test('a programme runs through four months: nothing is lost, and every reminder finds its member', async () => {
  const options = { members: 60, days: 120, activityPerDay: 0.25, seed: 11, starsEvery: 6, tell: () => undefined };
  const outcome = await simulate(options);
  const { audit, year } = outcome;
  expect([...audit.faults], reportLines(outcome).join('\n')).toEqual([]);
  expect(year.lots.expected).toBe(year.reminders.length);
  const { reminders } = audit;
  // Every way a reminder may go has been gone, but for one that waits until somebody happens to buy something.
  const { deliveredLate: _, ...ways } = reminders;
  for (const [way, count] of Object.entries(ways)) expect(count, way).toBeGreaterThan(0);
  const ends = reminders.delivered + reminders.skippedWithoutEmail + reminders.untaught;
  expect(ends).toBe(year.reminders.length);
  expect(new Set(year.sent.map(({ storeCode }) => storeCode))).toEqual(new Set(['Germany', 'Poland']));
}, 60_000);

test('what is missing at Bloomreach is found', async () => {
  const options = { members: 10, days: 1, activityPerDay: 10, seed: 3, starsEvery: 5, tell: () => undefined };
  const { audit } = await simulate(options, (year) => year.taken.clear());
  expect([...audit.faults.keys()]).toEqual(['lost: delivered by the log, never at Bloomreach']);
});
