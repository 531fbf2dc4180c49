import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Diff } from '../../src/pipeline/compare/diff.ts';
import { readConfigFile } from '../../src/runtime/config-file.ts';
import { openLog } from '../../src/runtime/open-log.ts';
import { openWorkbench } from '../../src/runtime/workbench.ts';
import { fillStore, levelChangesIn } from './filled-store.ts';

/** Measures comparing edited mappings over many stored events, and checks that just what was edited is found. */
const { values } = parseArgs({ options: { events: { type: 'string', default: '10000' } } });
const events = Number(values.events);
const say = (words: string) => process.stdout.write(`${words}\n`);

const { dir, configFile } = await fillStore(events);
say(`stored and routed ${events} events`);
const unchanged = await diff('nothing edited');
rename('tier-change.yaml', 'tier_name', 'tier');
const one = await diff('one field of tier-change renamed');
for (const file of ['points-earned.yaml', 'points-expiring.yaml', 'downgrade-risk.yaml', 'balance.yaml']) {
  rename(file, 'tenant_code', 'tenant');
}
await diff('a field of nearly every mapping that these events run through renamed');
rmSync(dir, { recursive: true, force: true });

const { summary, changes, groups } = one;
const ids = new Set(changes.map(({ event }) => event.id));
const isExact =
  unchanged.groups.length === 0 &&
  groups.length === 1 &&
  changes.every(({ kind, mapping }) => kind === 'changed' && mapping === 'tier-change') &&
  [ids.size, summary.changed, changes.length].every((count) => count === levelChangesIn(events));
say(isExact ? 'exactly the affected deliveries differ' : 'WRONG: other deliveries differ than those that were edited');
process.exitCode = isExact ? 0 : 1;

async function diff(what: string): Promise<Diff> {
  const read = readConfigFile(configFile, 'error');
  if (!read.ok) throw new Error(JSON.stringify(read.lints));
  const bench = openWorkbench(read.config);
  const log = openLog(bench.storePath);
  try {
    const compiled = bench.compile(await bench.read([]));
    const [startedMs, used] = [performance.now(), process.cpuUsage()];
    const scope = { filter: {}, last: events, samples: null, pageSize: 200 };
    const found = await bench.diff({ compiled, complete: true }, scope, log);
    const { user, system } = process.cpuUsage(used);
    const [wall, core] = [(performance.now() - startedMs) / 1_000, (user + system) / 1_000_000];
    say(`${what}: ${JSON.stringify(found.summary)}`);
    say(`  ${speed(wall)} on the clock (${wall.toFixed(2)} s), ${speed(core)} a core (${core.toFixed(2)} s of CPU)`);
    return found;
  } finally {
    await log.close();
    await bench.close();
  }
}

function speed(seconds: number): string {
  return `${Math.round(events / seconds).toLocaleString('en-US')} events/s`;
}

/** In the tests of the file, too. */
function rename(file: string, from: string, to: string): void {
  const path = join(dir, 'mappings', file);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`${from}:`, `${to}:`));
}
