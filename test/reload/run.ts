import { parseArgs } from 'node:util';
import { runSoak } from './campaign.ts';

const { values } = parseArgs({
  options: {
    edits: { type: 'string', default: '1000' },
    files: { type: 'string', default: '12' },
    rate: { type: 'string', default: '40' },
  },
});
const report = await runSoak({
  edits: Number(values.edits),
  files: Number(values.files),
  eventsPerSecond: Number(values.rate),
  killChance: 0.04,
  random: Math.random,
});
const { wrongRules, lost, mixed, misnamed, changed, anchorMissing, stuck, ...counts } = report;
const faults = { wrongRules, lost, mixed, misnamed, changed };
for (const [name, count] of Object.entries(counts))
  process.stdout.write(`${name.padEnd(14)} ${typeof count === 'number' ? count : JSON.stringify(count)}\n`);
for (const [name, found] of Object.entries(faults)) process.stdout.write(`${name.padEnd(14)} ${found.length}\n`);
process.stdout.write(`anchorMissing  ${anchorMissing}\nstuck          ${stuck}\n`);
const broken = Object.values(faults).flat();
for (const fault of broken.slice(0, 20)) process.stdout.write(`${fault}\n`);
process.exitCode = broken.length + anchorMissing + stuck === 0 ? 0 : 1;
