import type { Config } from '../config/config.ts';
import { createApp } from '../http/app.ts';
import { type HttpServer, startServer } from '../http/server.ts';
import { createWebhookDoor } from '../http/webhook-door.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Logger } from '../ports/logger.ts';
import { openSqliteLogInWorker } from '../storage/sqlite/log-worker-client.ts';
import { type LiveRules, startLiveRules } from './live-rules.ts';
import { type Closers, closeAll, openParts, type Parts } from './parts.ts';
import { mappingContextOf } from './registry.ts';
import { packageVersion } from './version.ts';
import { startWorkers, type Workers } from './workers.ts';

/** What a server runs on. */
export interface ServeOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a client may take to send a whole request, in ms; 10 s unless told. */
  readonly requestTimeoutMs?: number;
}

/** A running Pointsman. */
export interface RunningServer {
  readonly url: string;
  /** The log, read on a thread of its own. */
  readonly reads: Log;
  /** Takes no more webhooks, finishes what is in flight for up to 20 s, and closes everything. */
  stop(): Promise<void>;
  /** Cuts a `stop` short; nothing is lost: the next start goes on. */
  force(): void;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;

/** Starts the real thing. Throws a `PointsmanError` when the store, the mappings or the address cannot be used. */
export async function startPointsman(options: ServeOptions): Promise<RunningServer> {
  const closers: Closers = [];
  try {
    const parts = openParts(options, closers);
    const rules = await startLiveRules({
      ...parts,
      context: mappingContextOf(parts.config),
      dir: parts.config.mappings.dir,
    });
    const reads = openSqliteLogInWorker(parts.config.store.path);
    closers.push(() => reads.close());
    const workers = await startWorkers(parts, rules);
    closers.push(() => workers.stop());
    const state = { draining: false };
    const server = await listen({ parts, rules, reads, workers, state, requestTimeoutMs: options.requestTimeoutMs });
    return { url: server.url, reads, force: () => workers.force(), stop: () => stop(server, state, closers) };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

interface Listening {
  readonly parts: Parts;
  readonly rules: LiveRules;
  readonly reads: Log;
  readonly workers: Workers;
  readonly state: { readonly draining: boolean };
  readonly requestTimeoutMs: number | undefined;
}

function listen({ parts, rules, reads, workers, state, requestTimeoutMs }: Listening): Promise<HttpServer> {
  const { config, store, clock } = parts;
  const door = createWebhookDoor({
    ...parts,
    redact: config.redact,
    bodyLimitBytes: config.server.bodyLimitBytes,
    onAccepted: () => workers.eventAccepted(),
  });
  const app = createApp({
    ...parts,
    reads,
    tokens: config.api.tokens,
    version: packageVersion(),
    ruleSet: () => rules.current(),
    unreadiness: async () => (state.draining ? 'draining' : faultOf(store.probe(clock.now()))),
  });
  return startServer({ ...config.server, door, app, requestTimeoutMs: requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS });
}

/** Null when the write went through. */
function faultOf(write: Promise<void>): Promise<string | null> {
  return write.then(
    () => null,
    (error: Error) => error.message,
  );
}

async function stop(server: HttpServer, state: { draining: boolean }, closers: Closers): Promise<void> {
  state.draining = true;
  await server.close();
  await closeAll(closers);
}
