import type { Config } from '../config/config.ts';
import { PointsmanError } from '../core/errors.ts';
import { openServer } from './server-writer.ts';
import { openOwnStore } from './store-writer.ts';
import type { Writer } from './writer.ts';
import type { WriterOptions } from './writer-options.ts';

/**
 * The running server's API when it answers, else the store itself, under the owner lock. Throws `API_UNREACHABLE` when
 * a named address does not answer, and `STORE_IN_USE` when there is a server that cannot be found.
 */
export async function openWriter(options: WriterOptions): Promise<Writer> {
  const { config, token = config.api.tokens.find(({ role }) => role === 'admin')?.token } = options;
  const url = options.url ?? defaultUrl(config);
  const server = url === null ? null : await openServer(url, token ?? null);
  if (server) return server;
  if (options.url !== undefined) {
    throw new PointsmanError('API_UNREACHABLE', `No pointsman answers at ${options.url}`);
  }
  try {
    return openOwnStore(options);
  } catch (cause) {
    if (!(cause instanceof PointsmanError) || cause.code !== 'STORE_IN_USE') throw cause;
    const looked = url === null ? '' : `, but not at ${url}`;
    const message = `${cause.message}${looked}: name its address with --url, or stop it`;
    throw new PointsmanError('STORE_IN_USE', message, { cause });
  }
}

/** Where the config makes a server listen, as it is reached from here; null when it takes any free port. */
function defaultUrl({ server: { host, port } }: Config): string | null {
  if (port === 0) return null;
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
