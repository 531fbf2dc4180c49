import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Child, startChild } from './child.ts';
import { machineLine, pin } from './machine.ts';
import type { Bench } from './measure.ts';
import { type Options, optionsOf, USAGE } from './options.ts';
import { faultsOf, progressLine, remarksOf } from './remarks.ts';
import { makeRounds, type Rounds } from './rounds.ts';
import { tableOf } from './table.ts';

try {
  const options = optionsOf(process.argv.slice(2));
  if (options === null) say(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

/** Runs everything; the exit code is 1 when an event was not accepted, was lost, or is missing in the log. */
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
    const sink = startChild({
      file: import.meta.resolve('./sink.ts'),
      args: [String(options.sinkMs)],
      cpu: pinning.around,
    });
    const load = startChild({ file: import.meta.resolve('./load.ts'), cpu: pinning.around });
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
  const { options } = context;
  const faults = faultsOf(rounds);
  for (const line of ['', ...remarksOf(rounds, options), '', ...tableOf(rounds.kept, options)]) say(line);
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

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
