import { parseArgs } from 'node:util';
import { type CampaignOptions, type CampaignReport, faultsIn, runCampaign } from './campaign.ts';
import { chance } from './chance.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    rate: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    points: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const kills = Number(values.kills);
const shared = {
  members: 40,
  eventsPerSecond: Number(values.rate),
  random: chance(Number(values.seed)),
  onProgress: (line: string) => void process.stderr.write(`${line}\n`),
};

/** Half of the kills come while events are pruned and members forgotten; the other half leave all to be counted. */
const campaigns: readonly CampaignOptions[] = [
  { ...shared, kills: Math.ceil(kills / 2), points: values.points, deletes: true },
  { ...shared, kills: Math.floor(kills / 2), points: false, deletes: false },
];

process.stdout.write(`seed            ${values.seed}\n`);
for (const campaign of campaigns) print(await runCampaign(campaign));

function print(report: CampaignReport): void {
  const { issued, owed, calls, repeats, forgotten } = report;
  const faults = faultsIn(report);
  const counts = {
    kills: report.kills,
    points: report.hits.size,
    events: issued,
    acknowledged: owed,
    calls,
    repeats,
    forgotten,
  };
  for (const [name, count] of Object.entries(counts)) process.stdout.write(`${name.padEnd(15)} ${count}\n`);
  for (const [name, found] of Object.entries(faults)) process.stdout.write(`${name.padEnd(15)} ${found.length}\n`);
  for (const [point, hits] of report.hits) process.stdout.write(`  killed ${hits} x ${point}\n`);
  for (const [name, found] of Object.entries(faults))
    for (const one of found.slice(0, 10)) process.stdout.write(`${name}: ${one}\n`);
  if (Object.values(faults).some((found) => found.length > 0)) process.exitCode = 1;
}
