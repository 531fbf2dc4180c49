import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Child, startChild } from './child.ts';
import { machineLine, pin } from './machine.ts';
import type { Bench } from './measure.ts';
import { type Options, optionsOf, USAGE } from './options.ts';
import { isDisturbed, MOST_STOLEN, makeRounds, type Rounds } from './rounds.ts';
import { lostIn, percentOf, progressLine, tableOf } from './table.ts';

try {
  const options = optionsOf(process.argv.slice(2));
  if (options === null) say(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

/** Runs everything; the exit code is 1 when an acknowledged event was lost. */
async function bench(options: Options): Promise<number> {
  const cores = availableParallelism();
  const pinning = pin(options.pin);
  const machine = machineLine(cores, pinning);
  say(machine);
  const children: Child[] = [];
  // Without load and sink what runs fails, and cleans up on its way out.
  const stop = () => Promise.all(children.map((child) => child.stop()));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const sink = startChild({ file: './sink.ts', args: [String(options.sinkMs)], cpu: pinning.around });
    const load = startChild({ file: './load.ts', cpu: pinning.around });
    children.push(sink, load);
    const [sinkUrl] = await Promise.all([sink.next<string>(), load.next()]);
    const setting: Bench = { options, load, sink, sinkUrl, serverCpu: pinning.server, takeSequences: sequences() };
    const rounds = await makeRounds(setting, (round, measured) => say(progressLine(round, measured)));
    return report(rounds, { machine, options });
  } finally {
    await stop();
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

function report(rounds: Rounds, context: { readonly machine: string; readonly options: Options }): number {
  const { kept, dropped, isCutShort } = rounds;
  const disturbed = kept.filter(isDisturbed).length;
  const limit = percentOf(MOST_STOLEN);
  say('');
  say(`${kept.length} rounds, medians; ${dropped.length} dropped because more than ${limit} was stolen`);
  if (disturbed > 0) say(`Read with care: ${disturbed} of these rounds had more than ${limit} stolen as well.`);
  if (isCutShort) say(`Cut short by --seconds-limit ${context.options.secondsLimit}.`);
  if (context.options.profileDir !== null) say('Taken while profiling: compare nothing with other runs.');
  say('');
  for (const line of tableOf(kept, context.options)) say(line);
  const { jsonFile } = context.options;
  if (jsonFile !== null) writeFileSync(jsonFile, `${JSON.stringify({ ...context, ...rounds }, null, 2)}\n`);
  const lost = [...kept, ...dropped].reduce((sum, round) => sum + lostIn(round.pointsman) + lostIn(round.forwarder), 0);
  if (lost === 0) return 0;
  say(`\n${lost} acknowledged events never reached the sink.`);
  return 1;
}

/** Gives out sequence numbers, each once. */
function sequences(): (count: number) => number {
  let next = 0;
  return (count) => {
    next += count;
    return next - count;
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
