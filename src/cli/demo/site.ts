import { randomBytes } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { createLogger } from '../../runtime/logger.ts';
import { type RunningServer, startPointsman } from '../../runtime/serve.ts';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../sandbox/bloomreach/server.ts';
import { configOf } from '../config-option.ts';
import { API_KEY_ID, configText, PROJECT_TOKEN, TOKEN_HEADER } from './config-text.ts';

/** A Pointsman and a Bloomreach sandbox on free loopback ports. */
export interface DemoSite {
  readonly dir: string;
  readonly configFile: string;
  readonly server: RunningServer;
  readonly sandbox: BloomreachSandbox;
  /** Where webhooks go, and the header that lets them in. */
  readonly door: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** The header that Bloomreach's API asks for. */
  readonly bloomreachHeaders: Readonly<Record<string, string>>;
  /** Stops both; the folder stays. */
  close(): Promise<void>;
}

/** Makes the sandbox answer as slowly as a service across the internet. */
const LATENCY = { kind: 'latency', ms: 120, jitterMs: 160 } as const;

/** Writes a config into the folder, which should be open to its owner alone, and starts both on it. */
export async function openSite(dir: string, clock: Clock): Promise<DemoSite> {
  const secrets = { admin: secret(), webhook: secret(), bloomreach: secret() };
  const { now, random } = clock;
  const credentials = { projectToken: PROJECT_TOKEN, apiKeyId: API_KEY_ID, apiSecret: secrets.bloomreach };
  const sandbox = await startBloomreachSandbox({ ...credentials, clock: now, random });
  sandbox.faults.add(LATENCY);
  const logFile = createWriteStream(join(dir, 'pointsman.log'));
  const closeLog = () => new Promise<void>((resolve) => logFile.end(resolve));

  const configFile = join(dir, 'config.yaml');
  const write = (port: number) => writeFileSync(configFile, configText({ port, sandboxUrl: sandbox.url, secrets }));
  try {
    write(0);
    const log = createLogger('info', logFile, clock);
    const server = await startPointsman({ config: configOf(configFile, 'error'), clock, log });
    // Commands that talk to the server find its port in the config.
    write(Number(new URL(server.url).port));
    return {
      dir,
      configFile,
      server,
      sandbox,
      door: { url: `${server.url}/webhooks/open-loyalty`, headers: { [TOKEN_HEADER]: secrets.webhook } },
      bloomreachHeaders: { Authorization: `Basic ${btoa(`${API_KEY_ID}:${secrets.bloomreach}`)}` },
      async close() {
        // Together: a call that the sandbox lets hang must not hold the server up.
        await Promise.all([server.stop(), sandbox.close()]);
        await closeLog();
      },
    };
  } catch (error) {
    await sandbox.close();
    await closeLog();
    throw error;
  }
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
