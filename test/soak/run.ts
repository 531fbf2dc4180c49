import { parseArgs } from 'node:util';
import { chance } from '../crash/chance.ts';
import type { Sample } from './sampler.ts';
import { leaksIn, runSoak, type SoakReport } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

process.stdout.write(`seed            ${values.seed}\n`);
const report = await runSoak({
  minutes: Number(values.minutes),
  members: 40,
  eventsPerSecond: Number(values.rate),
  random: chance(Number(values.seed)),
  onSample: (sample) => void process.stderr.write(`${lineOf(sample)}\n`),
});
print(report);

function lineOf({ atMs, rssMb, heapMb, descriptors, threads, walMb, databaseMb, lagMs }: Sample): string {
  const shown = (figure: number | null) => (figure === null ? '-' : figure.toFixed(1));
  const figures = { rssMb, heapMb, descriptors, threads, walMb, databaseMb, lagMs };
  const parts = Object.entries(figures).map(([name, figure]) => `${name} ${shown(figure)}`);
  return `${new Date(atMs).toISOString().slice(11, 19)}  ${parts.join('  ')}`;
}

function print(found: SoakReport): void {
  const { issued, owed, calls, repeats, forgotten, samples } = found;
  const counts = { events: issued, acknowledged: owed, calls, repeats, forgotten };
  for (const [name, count] of Object.entries(counts)) process.stdout.write(`${name.padEnd(15)} ${count}\n`);
  for (const [name, trend] of Object.entries(found.trends)) {
    const slope =
      trend === null ? 'not to be had' : `${trend.perHour.toFixed(1)} an hour, ${trend.growth.toFixed(1)} in all`;
    process.stdout.write(`${name.padEnd(15)} ${slope}, over the second half\n`);
  }
  const most = (figure: (sample: Sample) => number | null) => Math.max(...samples.map((sample) => figure(sample) ?? 0));
  process.stdout.write(`most RSS        ${most(({ rssMb }) => rssMb).toFixed(0)} MB\n`);
  process.stdout.write(`longest WAL     ${most(({ walMb }) => walMb).toFixed(1)} MB\n`);
  const { lost, invented, changed, outOfOrder, unlogged, illegitimate, notForgotten } = found;
  const faults = {
    ...{ lost, invented, changed, outOfOrder, unlogged, illegitimate, notForgotten },
    ...{ traces: found.traces, database: found.database, accidents: found.accidents, leaks: leaksIn(found) },
    stuck: found.stuck === 0 ? [] : [`${found.stuck} deliveries`],
  };
  for (const [name, lines] of Object.entries(faults)) process.stdout.write(`${name.padEnd(15)} ${lines.length}\n`);
  for (const [name, lines] of Object.entries(faults))
    for (const line of lines.slice(0, 10)) process.stdout.write(`${name}: ${line}\n`);
  process.exitCode = Object.values(faults).some((lines) => lines.length > 0) ? 1 : 0;
}
