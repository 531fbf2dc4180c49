import { parseArgs } from 'node:util';
import { reportLines } from './report.ts';
import { simulate } from './simulate.ts';

const number = (preset: number) => ({ type: 'string', default: String(preset) }) as const;
const { values } = parseArgs({
  options: { members: number(1000), days: number(365), activity: number(40), seed: number(2026) },
});
const startedAt = performance.now();
const seconds = () => Math.round((performance.now() - startedAt) / 1000);
const outcome = await simulate({
  members: Number(values.members),
  days: Number(values.days),
  activityPerDay: Number(values.activity),
  seed: Number(values.seed),
  starsEvery: 25,
  tell: (day, events) => {
    if (day % 30 === 0) process.stderr.write(`day ${day}: ${events} events, ${seconds()} s\n`);
  },
});
const { audit } = outcome;
for (const line of reportLines(outcome)) process.stdout.write(`${line}\n`);
process.stdout.write(`${audit.events} events, ${audit.deliveries} deliveries, ${seconds()} s\n`);
process.exitCode = audit.faults.size === 0 ? 0 : 1;
