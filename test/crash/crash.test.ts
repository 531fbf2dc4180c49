import { expect, test } from 'vitest';
import { faultsIn, runCampaign } from './campaign.ts';
import { chance } from './chance.ts';

// A failure is played again with `npm run test:crash -- --seed`, as far as time plays along.
const seed = Math.floor(Math.random() * 1_000_000);
const none = (found: readonly string[]) => found.length === 0;

test(`what was acknowledged is delivered, unchanged and in order, although the server is killed 100 times (seed ${seed})`, async () => {
  const options = { members: 30, eventsPerSecond: 100, random: chance(seed) };
  const report = await runCampaign({ ...options, kills: 100, points: false, deletes: false });
  expect(Object.fromEntries(Object.entries(faultsIn(report)).filter(([, found]) => !none(found)))).toEqual({});
  expect(report.owed).toBeGreaterThan(500);
  expect(report.kills).toBeGreaterThanOrEqual(100);
}, 600_000);
