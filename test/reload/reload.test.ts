import { expect, test } from 'vitest';
import { runSoak } from './campaign.ts';

test('the rule set is always the last good content of each file, no event is lost and no request is made by two texts', async () => {
  const report = await runSoak({ edits: 15, files: 6, eventsPerSecond: 40, killChance: 0.08, random: Math.random });
  expect(report).toMatchObject({
    wrongRules: [],
    anchorMissing: 0,
    lost: [],
    mixed: [],
    misnamed: [],
    changed: [],
    stuck: 0,
  });
  expect(report.owed).toBeGreaterThan(20);
}, 120_000);
