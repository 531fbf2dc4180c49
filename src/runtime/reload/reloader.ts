import { createHash } from 'node:crypto';
import { PointsmanError } from '../../core/errors.ts';
import type { ConfigReceipt, ReceiptDetail, ReloadTrigger } from '../../core/receipt.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Store } from '../../ports/store.ts';
import type { TestTools } from '../mapping-tests.ts';
import { type ConfigInForce, readAgain } from './config-in-force.ts';
import { createFileChecker } from './file-checker.ts';
import { destinationsGone, type Systems } from './load-config.ts';
import { type BuiltRules, buildRules, lastGoodOf, type RulesInForce, rulesOf } from './load-rules.ts';
import { isSameLook, type Look, lookAt, type SeenFile } from './look.ts';
import { receiptOf, reportLoad } from './report.ts';
import { createSettler, type Settler } from './settle.ts';

/** Everything that a reload may change, as one snapshot. */
export interface InForce extends Systems {
  readonly ruleSet: RuleSet;
}

/** What reloading needs. */
export interface ReloaderTools extends Pick<TestTools, 'engine' | 'readSample'> {
  readonly systems: Systems;
  /** Null = the config is not read again. */
  readonly configFile: string | null;
  readonly store: Pick<Store, 'lastGoodFiles' | 'recordLoad' | 'rememberMappings'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'loaded'>;
}

/** Told after a swap. */
type SwapListener = (next: InForce, before: InForce) => void;

/** Keeps what is in force equal to the files: builds the new beside the old, then swaps one reference. */
export interface Reloader {
  current(): InForce;
  /** Whether what is in force is what the files say: nothing is refused, nothing is unreadable. */
  isValid(): boolean;
  /** What the last load saw, and where the last look went. */
  lastLook(): Look;
  /**
   * Loads what changed, once the files rest; on a `signal` everything, changed or not. Returns whether it loaded.
   * Rejects when the store cannot be written: what is in force stays, and the next call tries again.
   */
  reload(trigger: ReloadTrigger): Promise<boolean>;
  onSwap(listener: SwapListener): void;
}

/**
 * Loads for the first time. With a folder that cannot be read it starts on the last good files; throws
 * `MAPPING_UNREADABLE` when there are none.
 */
export async function startReloader(tools: ReloaderTools): Promise<Reloader> {
  const reloader = new FileReloader(tools, rulesOf(await tools.store.lastGoodFiles()));
  await reloader.start();
  return reloader;
}

interface Built {
  readonly config: ConfigInForce;
  readonly configReceipt: ConfigReceipt | null;
  readonly rules: BuiltRules;
}

class FileReloader implements Reloader {
  readonly #tools: ReloaderTools;
  readonly #dir: string;
  readonly #checker = createFileChecker();
  readonly #settler: Settler;
  readonly #listeners: SwapListener[] = [];
  #config: ConfigInForce;
  #rules: RulesInForce;
  #inForce: InForce;
  #seen: Look;
  /** The files of the last load; null before the first one, which tells what differs from the last good files. */
  #loaded: ReadonlyMap<string, SeenFile> | null = null;
  #unreadable: string | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(tools: ReloaderTools, rules: RulesInForce) {
    const { systems, clock, configFile } = tools;
    this.#tools = tools;
    this.#dir = systems.config.mappings.dir;
    this.#config = { systems, isGood: true, inputs: new Map() };
    this.#rules = rules;
    this.#inForce = { ...systems, ruleSet: rules.ruleSet };
    this.#seen = lookOf(rules, this.#dir);
    const others = () => [...this.#seen.others.keys(), ...(configFile === null ? [] : [configFile])];
    this.#settler = createSettler({ clock, look: () => lookAt(this.#dir, new Set(others())) });
  }

  current(): InForce {
    return this.#inForce;
  }

  isValid(): boolean {
    return this.#config.isGood && this.#rules.refused.length === 0 && this.#unreadable === null;
  }

  lastLook(): Look {
    return this.#seen;
  }

  onSwap(listener: SwapListener): void {
    this.#listeners.push(listener);
  }

  async start(): Promise<void> {
    const seen = await this.#settled();
    if (seen === null && this.#rules.files.size === 0)
      throw new PointsmanError('MAPPING_UNREADABLE', this.#unreadable ?? `Cannot read ${this.#dir}`);
    await this.#load(seen ?? this.#seen, 'start');
  }

  /** One at a time: a signal may come while the poll is at work. */
  reload(trigger: ReloadTrigger): Promise<boolean> {
    const next = this.#turn.then(() => this.#reload(trigger));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #reload(trigger: ReloadTrigger): Promise<boolean> {
    const forced = trigger === 'signal';
    const seen = await this.#settled();
    if (seen === null || (!forced && isSameLook(seen, this.#seen))) return false;
    if (forced) this.#checker.forget();
    await this.#load(seen, trigger);
    return true;
  }

  /** Null when the folder cannot be read, which changes nothing. */
  async #settled(): Promise<Look | null> {
    try {
      const seen = await this.#settler.settled(this.#seen);
      this.#unreadable = null;
      this.#seen = { ...this.#seen, walk: seen.walk };
      return seen;
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error;
      const { code, message } = error;
      if (this.#unreadable !== message)
        this.#tools.log.error({ stage: 'mapping', code }, `${message}; what is in force stays`);
      this.#unreadable = message;
      return null;
    }
  }

  /** Build → record → swap: a load that cannot be recorded does not happen. */
  async #load(seen: Look, trigger: ReloadTrigger): Promise<void> {
    const { clock, log } = this.#tools;
    const startedAtMs = clock.now();
    const built = await this.#build(seen, trigger === 'signal');
    const detail = this.#detailOf(built, trigger);
    const receipt = receiptOf(detail, startedAtMs, clock.now());
    try {
      await this.#record(built.rules, receipt);
    } catch (error) {
      const unused = destinationsGone(built.config.systems, this.#config.systems);
      await Promise.all(unused.map((one) => one.close()));
      throw error;
    }
    this.#swap(built, seen);
    this.#tools.meter?.loaded(receipt.outcome);
    reportLoad(detail, receipt, log);
  }

  async #build(seen: Look, forced: boolean): Promise<Built> {
    const { engine, readSample, configFile, clock } = this.#tools;
    const input = { before: this.#config, seen, forced, clock };
    const { next: config, receipt: configReceipt } = await readAgain(configFile, input);
    const { context, sources } = config.systems;
    const endpoint = (id: string, name: string) => context.destinations.get(id)?.endpoints.get(name) ?? null;
    const tools = { engine, readSample, context, sources, endpoint, dir: this.#dir };
    const checker = this.#checker;
    const rules = await buildRules({ files: seen.files, before: this.#loaded, inForce: this.#rules, checker }, tools);
    return { config, configReceipt, rules };
  }

  #detailOf({ config, configReceipt, rules }: Built, trigger: ReloadTrigger): ReceiptDetail {
    const { next, receipts, tests } = rules;
    const mappings = next.ruleSet.mappings.length;
    const valid = config.isGood && next.refused.length === 0 && this.#unreadable === null;
    return { trigger, config: configReceipt, files: receipts, mappings, tests, valid };
  }

  async #record({ next }: BuiltRules, receipt: ReturnType<typeof receiptOf>): Promise<void> {
    const known = new Set(this.#rules.ruleSet.mappings);
    const fresh = next.ruleSet.mappings.filter((mapping) => !known.has(mapping));
    await this.#tools.store.rememberMappings(fresh, receipt.atMs);
    await this.#tools.store.recordLoad(lastGoodOf(next), receipt);
  }

  #swap({ config, rules }: Built, seen: Look): void {
    const before = this.#inForce;
    this.#config = config;
    this.#rules = rules.next;
    this.#seen = { ...seen, others: new Map([...config.inputs, ...rules.samples]) };
    this.#loaded = seen.files;
    this.#inForce = { ...config.systems, ruleSet: rules.next.ruleSet };
    for (const tell of this.#listeners) tell(this.#inForce, before);
  }
}

/** The last good files as if they had just been seen: what is missing of them is waited for. */
function lookOf({ files }: RulesInForce, dir: string): Look {
  const seen = [...files].map(([file, { text }]): readonly [string, SeenFile] => {
    const bytes = new TextEncoder().encode(text);
    return [file, { ok: true, hash: createHash('sha256').update(bytes).digest('hex'), bytes }];
  });
  return { files: new Map(seen), others: new Map(), walk: { files: [], dirs: [dir], targets: [] } };
}
