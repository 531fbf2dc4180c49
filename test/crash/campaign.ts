import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import { type Oracle, startOracle } from './oracle.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { settled } from './settled.ts';

/** How hard the server is treated. */
export interface CampaignOptions {
  readonly kills: number;
  readonly members: number;
  readonly eventsPerSecond: number;
  readonly random: () => number;
}

/** What came of it. */
export interface CampaignReport {
  readonly kills: number;
  readonly issued: number;
  /** Events that got a 202. */
  readonly owed: number;
  /** Calls that repeated an earlier one. */
  readonly repeats: number;
  /** Owed and never taken by Bloomreach. */
  readonly lost: readonly string[];
  /** Taken, and never issued. */
  readonly invented: readonly string[];
  /** Repeats whose bytes differ from the first call's. */
  readonly changed: readonly string[];
  /** First arrivals behind a later event of the same member. */
  readonly outOfOrder: readonly string[];
  /** Deliveries that were open when nothing moved any more. */
  readonly stuck: number;
}

const TOKEN = 'a-token-for-the-crash-test';
const PROJECT = { projectToken: 'crash-project', apiKeyId: 'crash-key', apiSecret: 'crash-secret' };

/** Kills a server under load and faults at random moments, then lets it finish, and compares promise and outcome. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-crash-'));
  const clock = { clock: () => Date.now(), random: options.random };
  const sandbox = await startBloomreachSandbox({ ...PROJECT, ...clock, settings: { rateLimitPerMinute: 0 } });
  const config = writeConfig(dir, sandbox.url);
  const current: { url: string | null } = { url: null };
  const oracle = startOracle({ ...options, token: TOKEN, url: () => current.url });
  try {
    switchFaultsOn(sandbox);
    await killRepeatedly(config, current, options);
    sandbox.faults.clear();
    const last = startServerProcess(config);
    current.url = await last.listening;
    await oracle.stop();
    const stuck = await settled(join(dir, 'pointsman.db'));
    await last.kill('SIGTERM');
    return { kills: options.kills, stuck, ...compare(oracle, sandbox) };
  } finally {
    await oracle.stop();
    await sandbox.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function killRepeatedly(
  config: string,
  current: { url: string | null },
  options: CampaignOptions,
): Promise<void> {
  for (let kill = 0; kill < options.kills; kill++) {
    const server: ServerProcess = startServerProcess(config);
    // One kill in ten comes while it starts.
    if (options.random() < 0.1) {
      server.listening.catch(() => undefined);
      await delay(options.random() * 600);
    } else {
      current.url = await server.listening;
      await delay(100 + options.random() * 1_400);
    }
    await server.kill('SIGKILL');
    current.url = null;
  }
}

function switchFaultsOn({ faults }: BloomreachSandbox): void {
  faults.add({ kind: 'latency', ms: 5, jitterMs: 40 });
  faults.add({ kind: 'status', status: 500, probability: 0.05 });
  faults.add({ kind: 'status', status: 429, probability: 0.02 });
  faults.add({ kind: 'reset-before', probability: 0.03 });
  faults.add({ kind: 'reset-after', probability: 0.05 });
}

function writeConfig(dir: string, baseUrl: string): string {
  const file = join(dir, 'config.yaml');
  const mappings = fileURLToPath(new URL('../../mappings', import.meta.url));
  const schedule = ['50ms', '100ms', '200ms', ...Array.from({ length: 47 }, () => '500ms')].join(', ');
  writeFileSync(
    file,
    `server: { port: 0 }
store: { url: "sqlite:./pointsman.db" }
mappings: { dir: ${JSON.stringify(mappings)}, watch: false }
sources: { open-loyalty: { type: open-loyalty, verify: { type: header, name: X-Pointsman-Token, value: ${TOKEN} } } }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${baseUrl}
    projectToken: ${PROJECT.projectToken}
    apiKeyId: ${PROJECT.apiKeyId}
    apiSecret: ${PROJECT.apiSecret}
    timeout: 2s
    retry: { quick: 1, schedule: [${schedule}], jitter: 0.2, giveUpAfter: 1h }
`,
  );
  return file;
}

type Compared = Omit<CampaignReport, 'kills' | 'stuck'>;

/** Holds what Bloomreach saw against what was issued and owed. */
function compare({ issued, owed }: Oracle, { state }: BloomreachSandbox): Compared {
  const all = new Set([...issued.values()].flat());
  const firsts = new Map<string, string>();
  const taken = new Set<string>();
  const changed: string[] = [];
  let repeats = 0;
  // A call that was reset before it was read left no bytes to compare.
  for (const { data, outcome } of state.journal().filter((entry) => entry.data !== '')) {
    const id = String(JSON.parse(data).properties.event_id);
    const first = firsts.get(id);
    if (first === undefined) firsts.set(id, data);
    else repeats++;
    if (first !== undefined && first !== data) changed.push(id);
    if (outcome === 'stored' || outcome === 'duplicate') taken.add(id);
  }
  return {
    issued: all.size,
    owed: owed.size,
    repeats,
    lost: [...owed].filter((id) => !taken.has(id)),
    invented: [...firsts.keys()].filter((id) => !all.has(id)),
    changed,
    outOfOrder: outOfOrder([...firsts.keys()]),
  };
}

/** Ids are `member-sequence`; a first arrival must not come after one with a higher sequence of its member. */
function outOfOrder(arrivals: readonly string[]): readonly string[] {
  const highest = new Map<string, number>();
  return arrivals.filter((id) => {
    const [member = '', sequence = ''] = id.split('-');
    const late = Number(sequence) < (highest.get(member) ?? -1);
    if (!late) highest.set(member, Number(sequence));
    return late;
  });
}
