import { createApp } from '../http/app.ts';
import type { Looks } from '../http/look-routes.ts';
import { type HttpServer, startServer } from '../http/server.ts';
import { createWebhookDoor } from '../http/webhook-door.ts';
import type { Log } from '../ports/log.ts';
import { openSqliteLogInWorker } from '../storage/sqlite/log-worker-client.ts';
import { createLooks } from './looks.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { type Closers, closeAll, openParts, type Parts, type PartsOptions } from './parts.ts';
import { systemsOf } from './reload/load-config.ts';
import { missingDestinations, tellMissingDestinations } from './reload/missing-destinations.ts';
import { type InForce, type Reloader, startReloader } from './reload/reloader.ts';
import { startWatcher } from './reload/watcher.ts';
import { type StoreWatch, watchStore } from './store-watch.ts';
import { packageVersion } from './version.ts';
import { startWorkers, type Workers } from './workers.ts';

/** What a server runs on. */
export interface ServeOptions extends PartsOptions {
  /** Where the config was read from, to be read again when it changes; left out, it is not. */
  readonly configFile?: string;
  /** How long a client may take to send a whole request, in ms; 10 s unless told. */
  readonly requestTimeoutMs?: number;
}

/** A running Pointsman. */
export interface RunningServer {
  readonly url: string;
  /** The log, read on a thread of its own. */
  readonly reads: Log;
  /** Loads config and mappings anew, changed or not. */
  reload(): Promise<void>;
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
    const { config, clock } = parts;
    const configFile = options.configFile ?? null;
    const reloader = await startReloader({ ...parts, systems: systemsOf(config, clock), configFile });
    await tellMissingDestinations(reloader, parts);
    const reads = openSqliteLogInWorker(config.store.path);
    closers.push(() => reads.close());
    const looks = createLooks({ config: () => reloader.current().config, reads });
    closers.push(() => looks.close());
    const workers = await startWorkers(parts, reloader);
    closers.push(() => workers.stop());
    const storeWatch = watchStore(parts);
    closers.push(() => storeWatch.stop());
    parts.meter.expect(reloader.current());
    reloader.onSwap((next) => parts.meter.expect(next));
    const metrics = metricsOf({ parts, reloader, reads, workers, storeWatch });
    closers.push(() => metrics.close());
    const state = { draining: false };
    const server = await listen({
      parts,
      reloader,
      reads,
      looks,
      workers,
      metrics,
      state,
      requestTimeoutMs: options.requestTimeoutMs,
    });
    if (config.mappings.watch) {
      const watcher = startWatcher({ ...parts, reloader, storePath: config.store.path });
      closers.push(() => watcher.stop());
    }
    return {
      url: server.url,
      reads,
      reload: () => reloader.reload('signal').then(() => undefined),
      force: () => {
        workers.force();
        server.destroy();
      },
      stop: () => stop({ server, workers, state, closers }),
    };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

interface Listening {
  readonly parts: Parts;
  readonly reloader: Reloader;
  readonly reads: Log;
  readonly looks: Looks;
  readonly workers: Workers;
  readonly metrics: Metrics;
  readonly state: { readonly draining: boolean };
  readonly requestTimeoutMs: number | undefined;
}

/** Answers with the systems in force: a reload builds new handlers and swaps them. */
function listen(tools: Listening): Promise<HttpServer> {
  const { parts, reloader, requestTimeoutMs } = tools;
  let handlers = handlersOf(reloader.current(), tools);
  reloader.onSwap((next, before) => {
    if (next.config !== before.config) handlers = handlersOf(next, tools);
  });
  return startServer({
    ...parts.config.server,
    door: (request, response) => handlers.door(request, response),
    app: (request, response) => handlers.app(request, response),
    requestTimeoutMs: requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
  });
}

function handlersOf(
  { config, sources, destinations }: InForce,
  { parts, reloader, reads, looks, workers, metrics, state }: Listening,
) {
  const { store, clock, log, engine, meter } = parts;
  const door = createWebhookDoor({
    ...{ store, clock, log, engine, meter, sources },
    ...workers.shared,
    ruleSet: () => reloader.current().ruleSet,
    memberIdKind: parts.config.mappings.memberId,
    redact: config.redact,
    bodyLimitBytes: config.server.bodyLimitBytes,
    isStopping: () => state.draining,
    onAccepted: () => workers.eventAccepted(),
    onRouted: () => workers.deliveriesMade(),
  });
  const app = createApp({
    ...{ store, clock, log, meter, sources, destinations, reads, looks, metrics },
    tokens: config.api.tokens,
    version: packageVersion(),
    ruleSet: () => reloader.current().ruleSet,
    missingDestinations: () => missingDestinations(store, destinations),
    delivering: workers.delivering,
    replays: workers.upkeep.replays,
    forgetting: workers.upkeep.forgetting,
    isConfigurationValid: () => reloader.isValid(),
    unreadiness: async () => (state.draining ? 'draining' : faultOf(store.probe(clock.now()))),
  });
  return { door, app };
}

type Metered = Pick<Listening, 'parts' | 'reloader' | 'reads' | 'workers'> & { readonly storeWatch: StoreWatch };

function metricsOf({ parts, reloader, reads, workers, storeWatch }: Metered): Metrics {
  const { meter, transformTimes: times, clock } = parts;
  return createMetrics({
    ...{ meter, times, reads, clock, storePath: parts.config.store.path },
    state: {
      isConfigurationValid: () => reloader.isValid(),
      mappings: () => reloader.current().ruleSet.mappings.length,
      destinations: () => reloader.current().destinations,
      statuses: () => workers.delivering.statuses(),
      replaysRunning: () => meter.replays.running,
      isStoreWritable: () => storeWatch.isWritable(),
    },
  });
}

/** Null when the write went through. */
function faultOf(write: Promise<void>): Promise<string | null> {
  return write.then(
    () => null,
    (error: Error) => error.message,
  );
}

interface Stopping {
  readonly server: HttpServer;
  readonly workers: Workers;
  readonly state: { draining: boolean };
  readonly closers: Closers;
}

/** It answers until the end: who asks whether it is ready is told that it is not. */
async function stop({ server, workers, state, closers }: Stopping): Promise<void> {
  state.draining = true;
  await workers.stop();
  await server.close();
  await closeAll(closers);
}
