import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BloomreachSandbox, startBloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import { type AuditSink, startAuditSink } from './audit-sink.ts';
import { Ledger } from './ledger.ts';
import { mappingTexts } from './mapping-texts.ts';

/** The secrets of a site. */
export const TOKEN = 'a-token-for-the-crash-test';
const API_TOKEN = 'an-api-token-for-the-crash-test';
const PROJECT = { projectToken: 'crash-project', apiKeyId: 'crash-key', apiSecret: 'crash-secret' };

/** A folder with config and mappings, the two destinations it leads to, and their books. */
export interface Site {
  readonly dir: string;
  readonly config: string;
  readonly database: string;
  readonly sandbox: BloomreachSandbox;
  readonly sink: AuditSink;
  readonly ledger: Ledger;
  /** The server's address at this moment; null while it is down. */
  url: string | null;
  /** How far the server's clock is ahead of the machine's, in ms. */
  clockAheadMs: number;
  /** Writes the next edition of the mappings; which one. */
  edit(): number;
  /** Writes the config anew, with another limit. */
  reconfigure(): void;
  /** Brings the books up to date. */
  keepBooks(): void;
  close(): Promise<void>;
}

const BOOKS_EVERY_MS = 500;
/** Calls a second: no limit that is ever met. */
const RATE = 10_000;
/** More than arrives between two looks at the journal. */
const JOURNAL = 200_000;

/** Makes one; nothing is served yet. */
export async function openSite(random: () => number): Promise<Site> {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-crash-'));
  const ledger = new Ledger();
  const sandbox = await startBloomreachSandbox({
    ...{ ...PROJECT, clock: () => Date.now(), random },
    settings: { rateLimitPerMinute: 0, journalLimit: JOURNAL, keepEvents: false },
  });
  const sink = await startAuditSink(random, (call) => ledger.noteAudit(call, Date.now()));
  const mappings = join(dir, 'mappings');
  mkdirSync(mappings);
  const [state, write] = [{ edition: 0, seq: 0 }, editor(mappings)];
  write(state.edition);
  const keepBooks = (): void => {
    for (const entry of sandbox.state.journal({ after: state.seq })) {
      if (entry.seq !== state.seq + 1) throw new Error('the journal forgot calls that were not compared yet');
      state.seq = entry.seq;
      ledger.note(entry);
    }
  };
  const books = setInterval(keepBooks, BOOKS_EVERY_MS);
  const config = join(dir, 'config.yaml');
  const configure = (rate: number) => replace(config, configText(sandbox.url, sink.url, rate));
  configure(RATE);
  return {
    ...{ dir, config, sandbox, sink, ledger, keepBooks, url: null, clockAheadMs: 0 },
    database: join(dir, 'pointsman.db'),
    edit() {
      state.edition += 1;
      write(state.edition);
      return state.edition;
    },
    reconfigure: () => configure(RATE - Math.floor(random() * 1_000)),
    async close() {
      clearInterval(books);
      await sandbox.close();
      await sink.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function editor(mappings: string): (edition: number) => void {
  return (edition) => {
    for (const [file, text] of Object.entries(mappingTexts(edition))) replace(join(mappings, file), text);
  };
}

/** Nothing half-written is ever seen: that is the reload campaign's matter. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

/** Calls the site's API; null while the server is down, or when it ends in mid-call. */
export async function callApi(
  { url }: Pick<Site, 'url'>,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> } | null> {
  if (url === null) return null;
  const headers = { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' };
  try {
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, body: isJson ? JSON.parse(text) : { text } };
  } catch {
    return null;
  }
}

function configText(bloomreach: string, audit: string, rate: number): string {
  const schedule = ['50ms', '100ms', '200ms', ...Array.from({ length: 47 }, () => '500ms')].join(', ');
  const retry = `{ quick: 1, schedule: [${schedule}], jitter: 0.2, giveUpAfter: 365d }`;
  return `server: { port: 0 }
api: { tokens: [{ name: crash, role: admin, token: ${API_TOKEN} }] }
store: { url: "sqlite:./pointsman.db", retention: 1h }
mappings: { dir: ./mappings }
sources: { open-loyalty: { type: open-loyalty, verify: { type: header, name: X-Pointsman-Token, value: ${TOKEN} } } }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${bloomreach}
    projectToken: ${PROJECT.projectToken}
    apiKeyId: ${PROJECT.apiKeyId}
    apiSecret: ${PROJECT.apiSecret}
    timeout: 2s
    rateLimit: ${rate}/s
    retry: ${retry}
    breaker: { failures: 5, probe: 200ms }
  audit:
    type: http
    endpoints: { entry: { method: POST, url: "${audit}/entries" } }
    allowHosts: [127.0.0.1]
    timeout: 2s
    rateLimit: 10000/s
    retry: ${retry}
    breaker: { failures: 10, probe: 200ms }
`;
}
