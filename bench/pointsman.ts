import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openSqliteLog } from '../src/storage/sqlite/sqlite-log.ts';
import { spawnNode, stopProcess } from './child.ts';
import type { Subject, SubjectStart } from './subject.ts';

const TOKEN = 'bench-only-webhook-token';
/** The one mapping both subjects carry out. */
const TIER_CHANGE = fileURLToPath(new URL('../mappings/tier-change.yaml', import.meta.url));
const MOST_COMPLAINTS = 5;

/** Starts the real server on a fresh database in a temporary folder, with the mapping that the forwarder has too. */
export async function startPointsman(start: SubjectStart): Promise<Subject> {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-bench-'));
  const database = join(dir, 'pointsman.db');
  const config = join(dir, 'config.yaml');
  const logFile = join(dir, 'server.log');
  cpSync(TIER_CHANGE, join(dir, 'mappings', 'tier-change.yaml'));
  writeFileSync(config, configText(database, start.sinkUrl));
  const args = ['serve', '-c', config];
  const child = spawnNode({ ...start, file: import.meta.resolve('../src/cli/main.ts'), args }, [
    'ignore',
    'pipe',
    openSync(logFile, 'w'),
  ]);
  const clean = () => rmSync(dir, { recursive: true, force: true });
  try {
    const url = await listening(child, logFile);
    const log = openSqliteLog(database);
    return {
      pid: child.pid ?? 0,
      url: `${url}/webhooks/open-loyalty`,
      headers: { 'content-type': 'application/json', 'x-pointsman-token': TOKEN },
      logged: async () => (await log.stats(0)).deliveries.delivered,
      async stop() {
        await log.close();
        await stopProcess(child);
        const remains = { databaseBytes: statSync(database).size, complaints: complaintsIn(logFile) };
        clean();
        return remains;
      },
    };
  } catch (error) {
    await stopProcess(child);
    clean();
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
