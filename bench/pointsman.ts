import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Log } from '../src/ports/log.ts';
import { openSqliteLog } from '../src/storage/sqlite/sqlite-log.ts';
import { spawnNode, stopProcess } from './child.ts';
import type { Remains, Subject, SubjectStart } from './subject.ts';

const TOKEN = 'bench-only-webhook-token';
/** The one mapping both subjects carry out. */
const TIER_CHANGE = fileURLToPath(new URL('../mappings/tier-change.yaml', import.meta.url));
/** As it is published: compiled. The npm scripts build it first. */
const SERVER = new URL('../dist/cli/main.js', import.meta.url).href;
const DATABASE = 'pointsman.db';
const MOST_COMPLAINTS = 5;
/** Deliveries that are looked at to know what an event's body and frozen request come to. */
const WEIGHED = 50;

/** A folder in which a server runs: its config, mapping, log and database. */
export interface Home {
  readonly dir: string;
  readonly database: string;
}

/** Makes a new one in the temporary folder. The caller removes it. */
export function makeHome(): Home {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-bench-'));
  return { dir, database: join(dir, DATABASE) };
}

/** Removes a home with all that is in it. */
export function removeHome({ dir }: Home): void {
  rmSync(dir, { recursive: true, force: true });
}

/** Starts the real server on a fresh database in a temporary folder, with the mapping that the forwarder has too. */
export async function startPointsman(start: SubjectStart): Promise<Subject> {
  const home = makeHome();
  try {
    const server = await startServer(home, start);
    return { ...server, stop: () => server.stop().finally(() => removeHome(home)) };
  } catch (error) {
    removeHome(home);
    throw error;
  }
}

/** A server of ours, whose log can be read. */
export interface RunningServer extends Subject {
  readonly logged: () => Promise<number>;
}

/** Starts the real server on the database of a home, whatever is in it. Rejects with its log when it ends instead. */
export async function startServer(home: Home, start: SubjectStart): Promise<RunningServer> {
  const config = join(home.dir, 'config.yaml');
  const logFile = join(home.dir, 'server.log');
  cpSync(TIER_CHANGE, join(home.dir, 'mappings', 'tier-change.yaml'));
  writeFileSync(config, configText(home.database, start.sinkUrl));
  const program = { ...start, file: SERVER, args: ['serve', '-c', config] };
  const child = spawnNode(program, ['ignore', 'pipe', openSync(logFile, 'w')]);
  try {
    const url = await listening(child, logFile);
    const log = openSqliteLog(home.database);
    return {
      pid: child.pid ?? 0,
      url: `${url}/webhooks/open-loyalty`,
      headers: { 'content-type': 'application/json', 'x-pointsman-token': TOKEN },
      logged: async () => (await log.stats(0)).deliveries.delivered,
      async stop(): Promise<Remains> {
        const keptBytesPerEvent = await keptBytes(log);
        await log.close();
        await stopProcess(child);
        return { databaseBytes: databaseBytes(home), keptBytesPerEvent, complaints: complaintsIn(logFile) };
      },
    };
  } catch (error) {
    await stopProcess(child);
    throw error;
  }
}

/** Everything not written here is the default, `synchronous=FULL` included. */
function configText(database: string, sinkUrl: string): string {
  return JSON.stringify({
    server: { host: '127.0.0.1', port: 0 },
    store: { url: `sqlite:${database}` },
    mappings: { dir: './mappings', watch: false },
    sources: {
      'open-loyalty': { type: 'open-loyalty', verify: { type: 'header', name: 'X-Pointsman-Token', value: TOKEN } },
    },
    destinations: {
      bloomreach: {
        type: 'bloomreach',
        baseUrl: sinkUrl,
        projectToken: 'bench',
        apiKeyId: 'bench',
        apiSecret: 'bench',
        concurrency: 16,
        rateLimit: '1000000/s',
      },
    },
  });
}

/** Mean bytes of the newest events' bodies and frozen requests; NaN when there is none. */
async function keptBytes(log: Log): Promise<number> {
  const { items } = await log.deliveries({}, { before: null, limit: WEIGHED });
  let bytes = 0;
  for (const { id } of items) {
    const detail = await log.delivery(id);
    bytes += Buffer.byteLength(detail?.sourceEvent.body ?? '') + Buffer.byteLength(detail?.request ?? '');
  }
  return bytes / items.length;
}

/** The database with everything that belongs to it. */
function databaseBytes({ dir }: Home): number {
  const files = readdirSync(dir).filter((name) => name.startsWith(DATABASE));
  return files.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}

function complaintsIn(logFile: string): readonly string[] {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  return lines.filter((line) => /"level":"(warn|error)"/.test(line)).slice(0, MOST_COMPLAINTS);
}

/** The URL of its `listening` line. Rejects with its log when it ends instead. */
function listening(child: ChildProcess, logFile: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the server ended with ${code}:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`));
    });
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      const url = /^listening (\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}
