import { existsSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { openSqliteStore } from '../src/storage/sqlite/sqlite-store.ts';
import { monotonicMs } from './clock.ts';
import { block, type Growth, grow, growthOf } from './log/grow.ts';
import { LOG_USAGE, type LogOptions, logOptionsOf } from './log/options.ts';
import { logTable, logTargets } from './log/report.ts';
import { type Stage, stageOf } from './log/stages.ts';
import { rowMs } from './log/world.ts';
import { machineLine } from './machine.ts';
import { isNoisy, noiseText, watchMachine } from './noise.ts';
import { makeHome, removeHome } from './pointsman.ts';
import { runProgram, say } from './program.ts';
import { targetLines } from './targets.ts';

/** What everything costs while the log grows to millions of rows. Run it with `npm run bench:log`. */
await runProgram({ usage: LOG_USAGE, optionsOf: logOptionsOf, run });

async function run(options: LogOptions): Promise<number> {
  say(machineLine(availableParallelism(), { server: null, around: null }));
  const home = options.keepFile === null ? makeHome() : null;
  const path = options.keepFile ?? home?.database ?? '';
  const end = () => {
    if (home) removeHome(home);
    process.exit(1);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const stages = await stagesOf(path, options);
    for (const line of ['', ...logTable(stages), '', ...targetLines(logTargets(stages))]) say(line);
    if (options.jsonFile !== null) writeFileSync(options.jsonFile, `${JSON.stringify(stages, plain, 2)}\n`);
    return 0;
  } finally {
    if (home) removeHome(home);
  }
}

async function stagesOf(path: string, { rows, blocked, times }: LogOptions): Promise<readonly Stage[]> {
  const stages: Stage[] = [];
  const before = await growthAt(path);
  for (const size of rows.filter((each) => each >= before.rows)) {
    await timed(`grown to ${shown(size)} deliveries`, path, () => grow(path, size, onGrown));
    stages.push(await measured(path, times));
  }
  if (blocked > before.blocked) {
    await timed(`blocked ${shown(blocked)} deliveries more`, path, () => block(path, blocked));
    stages.push(await measured(path, times));
  }
  return stages.length > 0 ? stages : [await measured(path, times)];
}

async function measured(path: string, times: number): Promise<Stage> {
  const { rows, blocked } = await growthAt(path);
  const title = blocked === 0 ? shown(rows) : `${shown(rows)}, blocked`;
  const startedAt = monotonicMs();
  const noiseSince = watchMachine([process.pid]);
  const stage = await stageOf(title, path, times);
  const noise = noiseSince();
  const warning = isNoisy(noise) ? ': read with care' : '';
  say(`measured at ${title} in ${((monotonicMs() - startedAt) / 1000).toFixed(1)} s (${noiseText(noise)}${warning})`);
  return stage;
}

async function growthAt(path: string): Promise<Growth> {
  if (!existsSync(path)) return { rows: 0, blocked: 0 };
  const store = openSqliteStore({ path, nowMs: rowMs(0) });
  return growthOf(store).finally(() => store.close());
}

async function timed(title: string, path: string, act: () => Promise<void>): Promise<void> {
  const startedAt = monotonicMs();
  await act();
  const seconds = (monotonicMs() - startedAt) / 1000;
  say(`${title} in ${seconds.toFixed(1)} s, ${(statSync(path).size / 1e9).toFixed(2)} GB`);
}

function onGrown(rows: number): void {
  say(`  ${rows} deliveries`);
}

/** 10000 as 10 k, 5000000 as 5 M; what the measurements added is left out. */
function shown(rows: number): string {
  if (rows >= 1e6) return `${Number((rows / 1e6).toFixed(1))} M`;
  return rows >= 1_000 ? `${Math.round(rows / 1_000)} k` : String(rows);
}

/** Maps as objects. */
function plain(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
