import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Logger } from '../ports/logger.ts';
import { createLogger, type LogLevel } from '../runtime/logger.ts';
import { type RunningServer, startPointsman } from '../runtime/serve.ts';
import { keepHeapSmall } from '../runtime/small-heap.ts';
import { systemClock } from '../runtime/system.ts';
import { CONFIG_OPTION, configOf } from './config-option.ts';
import { print } from './terminal.ts';

interface ServeOptions {
  readonly config: string;
  readonly logLevel: LogLevel;
}

/** `pointsman serve`: the real thing. */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('receive webhooks, deliver them, and keep the log')
    .option(...CONFIG_OPTION)
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .addHelpText('after', '\nExample:\n  pointsman serve -c config.yaml')
    .action(serve);
}

async function serve({ config: file, logLevel }: ServeOptions): Promise<void> {
  keepHeapSmall();
  const config = configOf(file, 'error');
  const log = createLogger(logLevel, process.stderr, systemClock);
  const server = await startPointsman({ config, configFile: resolve(file), clock: systemClock, log });
  // Before anyone is told that it listens: an unhandled SIGHUP ends the process.
  const ignoreReloads = reloadOnSignal(server, log);
  log.info({ stage: 'serve', url: server.url }, 'listening');
  print(`listening ${server.url}`);
  await stopSignal();
  ignoreReloads();
  log.info({ stage: 'serve' }, 'stopping: finishing what is in flight; a second signal forces');
  void stopSignal().then(() => server.force());
  await server.stop();
  log.info({ stage: 'serve' }, 'stopped');
}

/** A SIGHUP loads everything anew; what is returned makes further ones do nothing. */
function reloadOnSignal(server: RunningServer, log: Logger): () => void {
  const state = { ended: false };
  process.on('SIGHUP', () => {
    if (state.ended) return;
    server.reload().catch((error: Error) => log.error({ stage: 'reload', err: error.message }, 'the reload failed'));
  });
  return () => {
    state.ended = true;
  };
}

/** Resolves at the next SIGTERM or SIGINT. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}
