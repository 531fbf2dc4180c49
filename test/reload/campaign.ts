import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { startBloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import { startOracle } from '../crash/oracle.ts';
import { type ServerProcess, startServerProcess } from '../crash/server-process.ts';
import { settled } from '../crash/settled.ts';
import { ANCHOR, type EditKind, type Editor, startEditor } from './editor.ts';
import { createEditedFolder } from './folder.ts';
import { goodText } from './mapping-texts.ts';
import { compare, readLog } from './outcome.ts';

/** How much is edited, and how hard the server is treated meanwhile. */
export interface SoakOptions {
  readonly edits: number;
  readonly files: number;
  readonly eventsPerSecond: number;
  /** The chance that the server is killed after an edit. */
  readonly killChance: number;
  readonly random: () => number;
}

/** What came of it. */
export interface SoakReport {
  readonly edits: Readonly<Record<EditKind, number>>;
  readonly kills: number;
  /** How often the rule set was held against the last good contents. */
  readonly comparisons: number;
  /** From a good edit to its being live, in ms: half of them took less, and all but one in twenty. */
  readonly liveMs: { readonly median: number; readonly p95: number };
  /** Loads by outcome. */
  readonly receipts: Readonly<Record<string, number>>;
  readonly issued: number;
  /** Events that got a 202. */
  readonly owed: number;
  readonly deliveries: number;
  /** Where the rule set was not what the files said for ten seconds. */
  readonly wrongRules: readonly string[];
  /** Looks at the rule set that lacked the mapping nobody edits. */
  readonly anchorMissing: number;
  /** Owed events that the mapping nobody edits never delivered. */
  readonly lost: readonly string[];
  /** Requests made by two texts, or by one that was never good. */
  readonly mixed: readonly string[];
  /** Deliveries, of the newest 400, whose frozen request is not of the text that they name. */
  readonly misnamed: readonly number[];
  /** Repeats whose bytes differ from the first call's. */
  readonly changed: readonly string[];
  /** Deliveries that were open when nothing moved any more. */
  readonly stuck: number;
}

const TOKEN = 'a-token-for-the-soak';
const API_TOKEN = 'an-api-token-for-the-soak';
const PROJECT = { projectToken: 'soak-project', apiKeyId: 'soak-key', apiSecret: 'soak-secret' };
const SYNC_LIMIT_MS = 10_000;

/** Edits mappings by chance while events flow and the server is killed, and compares promise and outcome. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const root = mkdtempSync(join(tmpdir(), 'pointsman-soak-'));
  const { random } = options;
  const sandbox = await startBloomreachSandbox({
    ...{ ...PROJECT, clock: () => Date.now(), random },
    // Every call is compared at the end: none may be forgotten.
    settings: { rateLimitPerMinute: 0, journalLimit: 10_000_000 },
  });
  sandbox.faults.add({ kind: 'latency', ms: 2, jitterMs: 20 });
  sandbox.faults.add({ kind: 'status', status: 500, probability: 0.03 });
  sandbox.faults.add({ kind: 'reset-after', probability: 0.02 });
  const folder = createEditedFolder(root, random);
  const editor = await startEditor(folder, options.files, random);
  const soak = new Soak(writeConfig(root, sandbox.url), editor, options);
  const oracle = startOracle({ ...options, members: 10, token: TOKEN, url: () => soak.url });
  try {
    await soak.run();
    sandbox.faults.clear();
    await oracle.stop();
    const stuck = await settled(join(root, 'pointsman.db'));
    await soak.end();
    const [receipts, misnamed] = await readLog(join(root, 'pointsman.db'));
    return { ...soak.report(), receipts, misnamed, stuck, ...compare(oracle, sandbox, editor) };
  } finally {
    await oracle.stop();
    await soak.end();
    await sandbox.close();
    rmSync(root, { recursive: true, force: true });
  }
}

class Soak {
  url: string | null = null;
  readonly #config: string;
  readonly #editor: Editor;
  readonly #options: SoakOptions;
  readonly #edits: Record<EditKind, number> = { good: 0, bad: 0, delete: 0, rename: 0, swap: 0 };
  readonly #wrongRules: string[] = [];
  readonly #liveMs: number[] = [];
  #server: ServerProcess | null = null;
  #kills = 0;
  #comparisons = 0;
  #anchorMissing = 0;

  constructor(config: string, editor: Editor, options: SoakOptions) {
    this.#config = config;
    this.#editor = editor;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { edits, killChance, random } = this.#options;
    await this.#start();
    await this.#compare('at the start');
    for (let done = 0; done < edits; done++) {
      const kind = await this.#edit(false);
      if (random() < killChance) await this.#killAndEdit();
      else if (kind === 'bad') await delay(random() * 150);
      else await this.#compare(kind);
    }
    await this.#compare('at the end');
  }

  report() {
    const sorted = this.#liveMs.toSorted((left, right) => left - right);
    const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
    return {
      edits: this.#edits,
      kills: this.#kills,
      comparisons: this.#comparisons,
      liveMs: { median: at(0.5), p95: at(0.95) },
      wrongRules: this.#wrongRules,
      anchorMissing: this.#anchorMissing,
    };
  }

  async end(): Promise<void> {
    this.url = null;
    await this.#server?.kill('SIGTERM');
    this.#server = null;
  }

  async #edit(isDown: boolean): Promise<EditKind> {
    const kind = await this.#editor.edit(isDown);
    this.#edits[kind] += 1;
    return kind;
  }

  async #killAndEdit(): Promise<void> {
    const { random } = this.#options;
    await delay(random() * 200);
    this.url = null;
    await this.#server?.kill('SIGKILL');
    this.#kills += 1;
    for (let edits = Math.floor(random() * 3); edits > 0; edits--) await this.#edit(true);
    await this.#start();
    await this.#compare('after a kill');
  }

  async #start(): Promise<void> {
    this.#server = startServerProcess(this.#config);
    this.url = await this.#server.listening;
  }

  /** Waits until what runs is what must run. */
  async #compare(when: string): Promise<void> {
    const startedAtMs = performance.now();
    const wanted = new Map([...this.#editor.expected()].map(([id, { file, number }]) => [id, mark(id, file, number)]));
    this.#comparisons += 1;
    for (;;) {
      const found = await this.#running();
      if (!found.has(ANCHOR)) this.#anchorMissing += 1;
      const wrong = [...new Set([...wanted.keys(), ...found.keys()])].filter((id) => wanted.get(id) !== found.get(id));
      const tookMs = performance.now() - startedAtMs;
      if (wrong.length === 0 && when === 'good') this.#liveMs.push(tookMs);
      if (wrong.length === 0) break;
      if (tookMs > SYNC_LIMIT_MS) {
        for (const id of wrong) this.#wrongRules.push(`${when}: ${id} is ${found.get(id)}, not ${wanted.get(id)}`);
        break;
      }
      await delay(10);
    }
    this.#editor.seen();
  }

  async #running(): Promise<ReadonlyMap<string, string>> {
    const answer = await request(`${this.url}/api/v1/mappings`, { headers: { authorization: `Bearer ${API_TOKEN}` } });
    const { items } = (await answer.body.json()) as { items: { id: string; file: string; version: string }[] };
    return new Map(items.map(({ id, file, version }) => [id, `${file} ${version}`]));
  }
}

function mark(name: string, file: string, number: number): string {
  const version = createHash('sha256').update(goodText(name, number)).digest('hex').slice(0, 12);
  return `${file} ${version}`;
}

function writeConfig(root: string, baseUrl: string): string {
  const file = join(root, 'config.yaml');
  const schedule = ['50ms', '100ms', '200ms', ...Array.from({ length: 47 }, () => '500ms')].join(', ');
  writeFileSync(
    file,
    `server: { port: 0 }
api: { tokens: [{ name: soak, role: admin, token: ${API_TOKEN} }] }
store: { url: "sqlite:./pointsman.db" }
mappings: { dir: ./mappings }
sources: { open-loyalty: { type: open-loyalty, verify: { type: header, name: X-Pointsman-Token, value: ${TOKEN} } } }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${baseUrl}
    projectToken: ${PROJECT.projectToken}
    apiKeyId: ${PROJECT.apiKeyId}
    apiSecret: ${PROJECT.apiSecret}
    timeout: 2s
    rateLimit: 10000/s
    retry: { quick: 1, schedule: [${schedule}], jitter: 0.2, giveUpAfter: 1h }
`,
  );
  return file;
}
