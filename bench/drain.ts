import { availableParallelism } from 'node:os';
import { systemClock } from '../src/runtime/system.ts';
import { startChild } from './child.ts';
import { monotonicMs } from './clock.ts';
import { fillBacklog } from './drain/backlog.ts';
import { drain } from './drain/drain.ts';
import { DRAIN_USAGE, type DrainOptions, drainOptionsOf } from './drain/options.ts';
import { drainFaults, drainLines, drainTargets } from './drain/report.ts';
import { machineLine, pin } from './machine.ts';
import { makeHome, removeHome } from './pointsman.ts';
import { runProgram, say, withChildren } from './program.ts';
import { targetLines } from './targets.ts';

/** How fast, and in how much memory, the server works off what piled up. Run it with `npm run bench:drain`. */
await runProgram({ usage: DRAIN_USAGE, optionsOf: drainOptionsOf, run });

async function run(options: DrainOptions): Promise<number> {
  const { deliveries, profileDir } = options;
  const cores = availableParallelism();
  const { server: cpu, around } = pin(options.pin);
  say(machineLine(cores, { server: cpu, around }));
  const home = makeHome();
  const sink = startChild({ file: import.meta.resolve('./sink.ts'), cpu: around });
  try {
    return await withChildren([sink], async () => {
      const sinkUrl = await sink.next<string>();
      const startedAt = monotonicMs();
      await fillBacklog(home.database, options, systemClock.now());
      say(`filled with ${deliveries} pending deliveries in ${((monotonicMs() - startedAt) / 1000).toFixed(1)} s`);
      const onProgress = (arrived: number) => say(`  ${arrived} arrived`);
      const drained = await drain({ home, deliveries, sink, start: { sinkUrl, cpu, profileDir }, onProgress });
      const faults = drainFaults(drained);
      for (const line of [...drainLines(drained), '', ...targetLines(drainTargets(drained)), ...faults]) say(line);
      return faults.length > 0 ? 1 : 0;
    });
  } finally {
    removeHome(home);
  }
}
