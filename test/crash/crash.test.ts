import { expect, test } from 'vitest';
import { runCampaign } from './campaign.ts';

test('what was acknowledged is delivered, unchanged and in order, although the server is killed again and again', async () => {
  const report = await runCampaign({ kills: 4, members: 20, eventsPerSecond: 100, random: Math.random });
  expect(report).toMatchObject({ lost: [], invented: [], changed: [], outOfOrder: [], stuck: 0 });
  expect(report.owed).toBeGreaterThan(50);
}, 180_000);
