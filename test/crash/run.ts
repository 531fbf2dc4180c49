import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, rate: { type: 'string', default: '200' } },
});
const report = await runCampaign({
  kills: Number(values.kills),
  members: 40,
  eventsPerSecond: Number(values.rate),
  random: Math.random,
});
const { lost, invented, changed, outOfOrder, ...counts } = report;
const faults = { lost: lost.length, invented: invented.length, changed: changed.length, outOfOrder: outOfOrder.length };
for (const [name, count] of Object.entries({ ...counts, ...faults }))
  process.stdout.write(`${name.padEnd(12)} ${count}\n`);
const broken = [...lost, ...invented, ...changed, ...outOfOrder];
if (broken.length > 0) process.stdout.write(`first of them: ${broken.slice(0, 20).join(', ')}\n`);
process.exitCode = broken.length + report.stuck === 0 ? 0 : 1;
