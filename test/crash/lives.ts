import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Ordeal, ServerProcess } from './server-process.ts';
import { startServerProcess } from './server-process.ts';
import type { Site } from './site.ts';

/** The lives of a server, one after the other, each of which ends by SIGKILL. */
export interface Lives {
  /** Starts that ended otherwise, and what they said. */
  readonly accidents: readonly string[];
  /** Kills, by the point that killed. */
  readonly hits: ReadonlyMap<string, number>;
  readonly kills: number;
  /** The life that is going on; null between two. */
  readonly current: ServerProcess | null;
  /** One life that ends at a random moment. */
  randomly(random: () => number): Promise<void>;
  /** One life that ends at the first of these points it passes; null when it passed none in time. */
  untilPoint(armed: ReadonlyMap<string, number>, limitMs: number): Promise<string | null>;
  /** A life that goes on. */
  begin(): Promise<ServerProcess>;
  /** The beginning of a life alone: the database is created; at which of these points it ended. */
  migrating(points: readonly string[]): Promise<string | null>;
}

const MIGRATE_ONLY = fileURLToPath(new URL('./migrate-only.ts', import.meta.url));
/** One kill in ten comes while it starts. */
const AT_START = 0.1;
const LONGEST_START_MS = 600;
const MOST_ACCIDENTS = 5;

/** Prepares them for a site. */
export function livesOf(site: Site, longestMs: number): Lives {
  const hitFile = join(site.dir, 'hit.txt');
  const hits = new Map<string, number>();
  const accidents: string[] = [];
  const state: { kills: number; current: ServerProcess | null } = { kills: 0, current: null };

  function start(armed: Ordeal['armed'], script?: string): ServerProcess {
    rmSync(hitFile, { force: true });
    const server = startServerProcess(site.config, { armed, hitFile, clockAheadMs: site.clockAheadMs }, script);
    state.current = server;
    return server;
  }

  async function end(server: ServerProcess): Promise<string | null> {
    await server.kill('SIGKILL');
    site.url = null;
    state.current = null;
    const { code, errors } = await server.ended;
    if (code === null) state.kills += 1;
    else accidents.push(`serve ended by itself with ${code}: ${errors}`);
    if (accidents.length > MOST_ACCIDENTS) throw new Error(accidents.at(-1));
    const point = existsSync(hitFile) ? readFileSync(hitFile, 'utf8') : null;
    if (point !== null) hits.set(point, (hits.get(point) ?? 0) + 1);
    return point;
  }

  return {
    ...{ accidents, hits },
    get kills() {
      return state.kills;
    },
    get current() {
      return state.current;
    },
    async randomly(random) {
      const server = start(new Map());
      if (random() < AT_START) await delay(random() * LONGEST_START_MS);
      else if (await listens(server, site)) await delay(random() * longestMs);
      await end(server);
    },
    async untilPoint(armed, limitMs) {
      const server = start(armed);
      const limit = new AbortController();
      await listens(server, site);
      await Promise.race([server.ended, delay(limitMs, null, { signal: limit.signal }).catch(() => undefined)]);
      limit.abort();
      return end(server);
    },
    async begin() {
      const server = start(new Map());
      site.url = await server.listening;
      return server;
    },
    async migrating(points) {
      const server = start(new Map(points.map((point) => [point, 1])), MIGRATE_ONLY);
      await server.ended;
      return end(server);
    },
  };
}

async function listens(server: ServerProcess, site: Site): Promise<boolean> {
  site.url = await server.listening.catch(() => null);
  return site.url !== null;
}
