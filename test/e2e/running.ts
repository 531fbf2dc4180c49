import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import type { Clock } from '../../src/ports/clock.ts';
import { readConfigFile } from '../../src/runtime/config-file.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { type RunningServer, startPointsman } from '../../src/runtime/serve.ts';
import { systemClock } from '../../src/runtime/system.ts';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';

const PROJECT = { projectToken: 'e2e-project', apiKeyId: 'e2e-key', apiSecret: 'e2e-secret-value' };
const WEBHOOK_TOKEN = 'e2e-webhook-token';
const API_TOKEN = 'e2e-api-token-0123456789';
const BY_HEADER = `{ type: header, name: X-Pointsman-Token, value: ${WEBHOOK_TOKEN} }`;
const SHIPPED = fileURLToPath(new URL('../../mappings', import.meta.url));

/** A server and a Bloomreach stand-in on free ports, in a folder of their own. */
export interface Running {
  readonly dir: string;
  readonly configFile: string;
  readonly sandbox: BloomreachSandbox;
  readonly server: RunningServer;
  /** The server's log lines so far. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Sends a webhook; a string goes out as it is. */
  send(
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Readonly<Record<string, unknown>> }>;
  /** Reads the API. */
  api(path: string): Promise<{ status: number; body: Readonly<Record<string, unknown>> }>;
  /** Stops the server in an orderly way and starts it again. */
  restart(): Promise<void>;
  /** Waits until nothing is open any more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** What a test may change. */
export interface RunningOptions {
  /** Mapping files instead of the shipped ones: name → text. */
  readonly mappings?: Readonly<Record<string, string>>;
  /** The source's verification instead of a header token. */
  readonly verify?: string;
  /** Settings added to the source, in one line: `, api: { … }`. */
  readonly source?: string;
  /** Lines added to the destination. */
  readonly destination?: string;
  /** Lines added at the top level. */
  readonly config?: string;
  readonly requestTimeoutMs?: number;
  /** The path of the database instead of one beside the config. */
  readonly store?: string;
  /** The server's clock instead of the machine's. */
  readonly clock?: Clock;
}

/** Starts both; everything is gone after `stop`. */
export async function startRunning(options: RunningOptions = {}): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-e2e-'));
  const { now: clock, random } = systemClock;
  const sandbox = await startBloomreachSandbox({
    ...PROJECT,
    clock,
    random,
    settings: { queueDelayMs: { min: 0, max: 0 } },
  });
  const configFile = writeFiles(dir, sandbox.url, options);
  const config = readConfigFile(configFile, 'error');
  if (!config.ok) throw new Error(JSON.stringify(config.lints, null, 2));
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = createLogger('debug', { write: (line) => void lines.push(JSON.parse(line)) }, systemClock);
  const start = () =>
    startPointsman({
      config: config.config,
      configFile,
      clock: options.clock ?? systemClock,
      log,
      ...(options.requestTimeoutMs !== undefined && { requestTimeoutMs: options.requestTimeoutMs }),
    });
  let server = await start();
  return {
    dir,
    configFile,
    sandbox,
    get server() {
      return server;
    },
    lines,
    async restart() {
      await server.stop();
      server = await start();
    },
    send: (body, headers = { 'x-pointsman-token': WEBHOOK_TOKEN }) =>
      call(`${server.url}/webhooks/open-loyalty`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    api: (path) => call(`${server.url}${path}`, { method: 'GET', headers: { authorization: `Bearer ${API_TOKEN}` } }),
    settled: () => settled(server),
    async stop() {
      await server.stop();
      await sandbox.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function call(url: string, options: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string }) {
  const answer = await request(url, options);
  return { status: answer.statusCode, body: (await answer.body.json()) as Readonly<Record<string, unknown>> };
}

function writeFiles(
  dir: string,
  baseUrl: string,
  {
    mappings,
    verify = BY_HEADER,
    source = '',
    destination = '',
    config = '',
    store = './data/pointsman.db',
  }: RunningOptions,
): string {
  const folder = join(dir, 'mappings');
  if (mappings === undefined) cpSync(SHIPPED, folder, { recursive: true });
  else mkdirSync(folder);
  for (const [file, text] of Object.entries(mappings ?? {})) writeFileSync(join(folder, file), text);
  const file = join(dir, 'config.yaml');
  const retry = destination.includes('retry:')
    ? ''
    : '    retry: { quick: 0, schedule: [100ms, 200ms, 400ms, 800ms], giveUpAfter: 1h }';
  writeFileSync(
    file,
    `server: { port: 0 }
api: { tokens: [{ name: e2e, role: admin, token: ${API_TOKEN} }] }
store: { url: "sqlite:${store}" }
mappings: { dir: ./mappings }
sources:
  open-loyalty: { type: open-loyalty, verify: ${verify}${source} }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${baseUrl}
    projectToken: ${PROJECT.projectToken}
    apiKeyId: ${PROJECT.apiKeyId}
    apiSecret: ${PROJECT.apiSecret}
${retry}
${destination}
${config}
`,
  );
  return file;
}

/** Polls the counters of the log: the test sees what an operator would see. */
async function settled({ reads }: RunningServer): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 25) {
    const { deliveries, unrouted } = await reads.stats(0);
    if (deliveries.pending + unrouted === 0) return;
    await systemClock.sleep(25);
  }
  throw new Error('deliveries are still open after 20 s');
}
