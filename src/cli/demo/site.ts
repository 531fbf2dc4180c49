import { randomBytes } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { createLogger } from '../../runtime/logger.ts';
import { type RunningServer, startPointsman } from '../../runtime/serve.ts';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../sandbox/bloomreach/server.ts';
import { type OpenLoyaltySandbox, startOpenLoyaltySandbox } from '../../sandbox/open-loyalty/server.ts';
import { configOf } from '../config-option.ts';
import { type Cast, castInto, emptyWorld } from './cast.ts';
import { API_KEY_ID, configText, doorUrl, PROJECT_TOKEN } from './config-text.ts';
import { copyMappings, SUBSCRIBED } from './mapping-files.ts';

/** A Pointsman between an Open Loyalty sandbox and a Bloomreach sandbox, all on free loopback ports. */
export interface DemoSite {
  readonly dir: string;
  readonly configFile: string;
  readonly openLoyalty: OpenLoyaltySandbox;
  readonly cast: Cast;
  readonly server: RunningServer;
  /** The server's. */
  readonly log: Logger;
  readonly bloomreach: BloomreachSandbox;
  /** The header that Bloomreach's API asks for. */
  readonly bloomreachHeaders: Readonly<Record<string, string>>;
  /** Stops all; the folder stays. */
  close(): Promise<void>;
}

/** Makes Bloomreach answer as slowly as a service across the internet. */
const LATENCY = { kind: 'latency', ms: 120, jitterMs: 160 } as const;

type Secrets = ReturnType<typeof newSecrets>;

/** Writes config and mappings into the folder, which should be open to its owner alone, and starts all three. */
export async function openSite(dir: string, clock: Clock): Promise<DemoSite> {
  const secrets = newSecrets();
  const closers: (() => Promise<void>)[] = [];
  // Together: a call that a sandbox lets hang must not hold the server up.
  const close = async () => void (await Promise.all(closers.map((closer) => closer())));
  try {
    const bloomreach = await openBloomreach(clock, secrets);
    closers.push(() => bloomreach.close());
    const openLoyalty = await startOpenLoyaltySandbox({ ...emptyWorld(), clock, apiToken: secrets.openLoyalty });
    closers.push(() => openLoyalty.close());
    const cast = castInto(openLoyalty.world, clock.now());
    const urls = { openLoyaltyUrl: openLoyalty.url, bloomreachUrl: bloomreach.url };
    const { server, log, configFile, stop } = await openServer({
      dir,
      clock,
      write: (port) => configText({ port, ...urls, secrets }),
    });
    closers.push(stop);
    openLoyalty.subscribe({ url: doorUrl(server.url), hmac: secrets.webhook, eventNames: SUBSCRIBED });
    const bloomreachHeaders = { Authorization: `Basic ${btoa(`${API_KEY_ID}:${secrets.bloomreach}`)}` };
    return { dir, configFile, openLoyalty, cast, server, log, bloomreach, bloomreachHeaders, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openBloomreach({ now, random }: Clock, secrets: Secrets): Promise<BloomreachSandbox> {
  const credentials = { projectToken: PROJECT_TOKEN, apiKeyId: API_KEY_ID, apiSecret: secrets.bloomreach };
  const sandbox = await startBloomreachSandbox({ ...credentials, clock: now, random });
  sandbox.faults.add(LATENCY);
  return sandbox;
}

interface Opening {
  readonly dir: string;
  readonly clock: Clock;
  readonly write: (port: number) => string;
}

async function openServer({ dir, clock, write }: Opening) {
  copyMappings(dir);
  const configFile = join(dir, 'config.yaml');
  writeFileSync(configFile, write(0));
  const logFile = createWriteStream(join(dir, 'pointsman.log'));
  const closeLog = () => new Promise<void>((resolve) => logFile.end(resolve));
  try {
    const log = createLogger('info', logFile, clock);
    const server = await startPointsman({ config: configOf(configFile, 'error'), clock, log });
    // Commands that talk to the server find its port in the config.
    writeFileSync(configFile, write(Number(new URL(server.url).port)));
    return { server, log, configFile, stop: () => server.stop().then(closeLog) };
  } catch (error) {
    await closeLog();
    throw error;
  }
}

function newSecrets() {
  const secret = () => randomBytes(24).toString('base64url');
  const webhook = `whsec_${randomBytes(32).toString('hex')}`;
  return { admin: secret(), webhook, openLoyalty: secret(), bloomreach: secret() };
}
