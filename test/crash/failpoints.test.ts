import { expect, test } from 'vitest';
import { faultsIn, runCampaign } from './campaign.ts';
import { chance } from './chance.ts';
import { POINTS } from './points.ts';

const seed = Math.floor(Math.random() * 1_000_000);

test(`nothing is lost wherever it is killed: around every commit and call, in migration, retention, replay, forget (seed ${seed})`, async () => {
  const options = { members: 30, eventsPerSecond: 100, random: chance(seed) };
  const report = await runCampaign({ ...options, kills: 0, points: true, deletes: true });
  const faults = Object.entries(faultsIn(report)).filter(([, found]) => found.length > 0);
  expect(Object.fromEntries(faults)).toEqual({});
  expect([...report.hits.keys()]).toEqual(expect.arrayContaining([...POINTS]));
  expect(report.forgotten).toBeGreaterThan(0);
}, 600_000);
