import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { startChild } from './child.ts';
import { machineLine, pin } from './machine.ts';
import type { Bench } from './measure.ts';
import { type Options, optionsOf, USAGE } from './options.ts';
import { runProgram, say, withChildren } from './program.ts';
import { faultsOf, progressLine, remarksOf } from './remarks.ts';
import { makeRounds, type Rounds } from './rounds.ts';
import { speedTargets } from './speed-targets.ts';
import { tableOf } from './table.ts';
import { targetLines } from './targets.ts';

await runProgram({ usage: USAGE, optionsOf, run });

/** Runs everything; the exit code is 1 when an event was not accepted, was lost, or is missing in the log. */
async function run(options: Options): Promise<number> {
  const cores = availableParallelism();
  const pinning = pin(options.pin);
  const machine = machineLine(cores, pinning);
  say(machine);
  const sink = startChild({ file: import.meta.resolve('./sink.ts'), cpu: pinning.around });
  const load = startChild({ file: import.meta.resolve('./load.ts'), cpu: pinning.around });
  return withChildren([sink, load], async () => {
    const [sinkUrl] = await Promise.all([sink.next<string>(), load.next()]);
    const setting: Bench = { options, load, sink, sinkUrl, serverCpu: pinning.server, takeSequences: sequences() };
    const rounds = await makeRounds(setting, (round, measured) => say(progressLine(round, measured)));
    return report(rounds, { machine, options });
  });
}

function report(rounds: Rounds, context: { readonly machine: string; readonly options: Options }): number {
  const { options } = context;
  const faults = faultsOf(rounds);
  const targets = targetLines(speedTargets(rounds.kept, options.slowMs));
  for (const line of ['', ...remarksOf(rounds, options), '', ...tableOf(rounds.kept, options), '', ...targets])
    say(line);
  for (const line of faults.length > 0 ? ['', ...faults] : []) say(line);
  const { jsonFile } = options;
  if (jsonFile !== null) writeFileSync(jsonFile, `${JSON.stringify({ ...context, ...rounds }, null, 2)}\n`);
  return faults.length > 0 ? 1 : 0;
}

/** Gives out sequence numbers, each once. */
function sequences(): (count: number) => number {
  let next = 0;
  return (count) => {
    next += count;
    return next - count;
  };
}
