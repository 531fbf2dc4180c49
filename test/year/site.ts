import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../src/config/config.ts';
import type { MappingSourceFile } from '../../src/mapping/compile.ts';
import { readConfigFile } from '../../src/runtime/config-file.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { type RunningServer, startPointsman } from '../../src/runtime/serve.ts';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import { seededRandom } from '../../src/sandbox/open-loyalty/random.ts';
import { type OpenLoyaltySandbox, startOpenLoyaltySandbox } from '../../src/sandbox/open-loyalty/server.ts';
import { createYearClock, type YearClock } from './clock.ts';

/** How a year is set up. */
export interface SiteOptions {
  readonly members: number;
  /** Everything that happens follows from it. */
  readonly seed: number;
  /** When the programme goes live, in Unix ms. */
  readonly startMs: number;
  /** The mappings that run. */
  readonly files: readonly MappingSourceFile[];
}

/** Open Loyalty, Pointsman and Bloomreach on free loopback ports, in one simulated time. */
export interface Site {
  readonly clock: YearClock;
  readonly loyalty: OpenLoyaltySandbox;
  readonly bloomreach: BloomreachSandbox;
  readonly server: RunningServer;
  readonly config: Config;
  /** WARN and ERROR lines of the server, by message. */
  readonly complaints: ReadonlyMap<string, number>;
  /** Waits until nothing is in one of these states any more, nor unrouted. Throws when that takes a minute. */
  settled(...states: readonly ('pending' | 'waiting')[]): Promise<void>;
  close(): Promise<void>;
}

const PROJECT = { projectToken: 'year-project', apiKeyId: 'year-key', apiSecret: 'year-secret-value' };
const API_TOKEN = 'year-api-token-0123456789';
/** The secret that webhooks are signed with. */
export const WEBHOOK_SECRET = `whsec_${'5eed'.repeat(16)}`;
const SETTLE_LIMIT_MS = 60_000;
const SETTLE_POLL_MS = 4;

/** Starts all three; the folder goes with `close`. Half of the members are silent. */
export async function openSite({ members, seed, startMs, files }: SiteOptions): Promise<Site> {
  const random = seededRandom(seed);
  const clock = createYearClock(startMs, random);
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-year-'));
  const bloomreach = await startBloomreachSandbox({
    ...PROJECT,
    clock: clock.now,
    random: clock.random,
    // The journal is read every day; what profiles add up to is not looked at.
    settings: { rateLimitPerMinute: 0, queueDelayMs: { min: 0, max: 0 }, keepEvents: false },
  });
  const loyalty = await startOpenLoyaltySandbox({
    clock,
    random,
    apiToken: API_TOKEN,
    members,
    silentShare: 0.5,
    emitter: { concurrency: 64 },
  });
  const config = configOf(writeFiles(dir, files, { bloomreach: bloomreach.url, loyalty: loyalty.url }));
  const complaints = new Map<string, number>();
  const log = createLogger('warn', { write: (line) => note(complaints, line) }, clock);
  // A year that passes in leaps is lived through all the same.
  const server = await startPointsman({ config, clock, log, longestStepMs: Number.POSITIVE_INFINITY });
  return {
    clock,
    loyalty,
    bloomreach,
    server,
    config,
    complaints,
    settled: (...states) => settled(server, clock, states),
    async close() {
      await Promise.all([server.stop(), loyalty.close(), bloomreach.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function note(complaints: Map<string, number>, line: string): void {
  const { level, msg, code } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const text = [level, msg, code].filter((part) => part !== undefined && part !== null).join(' ');
  complaints.set(text, (complaints.get(text) ?? 0) + 1);
}

function configOf(file: string): Config {
  const read = readConfigFile(file, 'error');
  if (!read.ok) throw new Error(JSON.stringify(read.lints, null, 2));
  return read.config;
}

function writeFiles(
  dir: string,
  files: readonly MappingSourceFile[],
  urls: { readonly bloomreach: string; readonly loyalty: string },
): string {
  mkdirSync(join(dir, 'mappings'));
  for (const { file, bytes } of files) writeFileSync(join(dir, 'mappings', file), bytes);
  const file = join(dir, 'config.yaml');
  writeFileSync(
    file,
    `server: { port: 0 }
api: { tokens: [{ name: year, role: admin, token: ${API_TOKEN} }] }
store: { url: "sqlite:./pointsman.db" }
mappings: { dir: ./mappings, watch: false }
sources:
  open-loyalty:
    type: open-loyalty
    # The host is signed without its port.
    verify: { type: hmac, url: "http://127.0.0.1/webhooks/open-loyalty", secrets: [${WEBHOOK_SECRET}] }
    api: { url: "${urls.loyalty}", token: ${API_TOKEN} }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${urls.bloomreach}
    projectToken: ${PROJECT.projectToken}
    apiKeyId: ${PROJECT.apiKeyId}
    apiSecret: ${PROJECT.apiSecret}
    concurrency: 64
`,
  );
  return file;
}

async function settled(
  { reads }: RunningServer,
  clock: YearClock,
  states: readonly ('pending' | 'waiting')[],
): Promise<void> {
  const limit = performance.now() + SETTLE_LIMIT_MS;
  while (performance.now() < limit) {
    const { deliveries, unrouted } = await reads.stats(clock.now());
    if (unrouted === 0 && states.every((state) => deliveries[state] === 0)) return;
    await delay(SETTLE_POLL_MS);
  }
  throw new Error('deliveries are still open after a minute');
}
