import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { ruleSetOf } from '../../src/core/rule-set.ts';
import { compileMappings, type MappingContext } from '../../src/mapping/compile.ts';
import { draftsOf } from '../../src/pipeline/receive/draft.ts';
import { Unrouted } from '../../src/pipeline/receive/unrouted.ts';
import { createRouter } from '../../src/pipeline/route/route.ts';
import type { Store } from '../../src/ports/store.ts';
import type { TransformEngine } from '../../src/ports/transform-engine.ts';
import { readConfigFile } from '../../src/runtime/config-file.ts';
import { readMappingFiles } from '../../src/runtime/mapping-files.ts';
import { mappingContextOf, sourcesOf } from '../../src/runtime/registry.ts';
import { systemClock } from '../../src/runtime/system.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { createTransformEngine } from '../../src/transform/engine.ts';
import { createSilentLogger } from '../support/silent-logger.ts';

/** A folder with a config, the shipped mappings, and a store that has routed events with them. */
export interface FilledStore {
  readonly dir: string;
  readonly configFile: string;
}

const SHIPPED = fileURLToPath(new URL('../../mappings', import.meta.url));
const CHUNK = 200;

/** Fills a store with so many events of five kinds, routed by the shipped mappings; nothing is sent. */
export async function fillStore(events: number): Promise<FilledStore> {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-diff-'));
  cpSync(SHIPPED, join(dir, 'mappings'), { recursive: true });
  const configFile = join(dir, 'config.yaml');
  writeFileSync(configFile, CONFIG);
  const config = readConfigFile(configFile, 'error');
  if (!config.ok) throw new Error(JSON.stringify(config.lints));
  const store = openSqliteStore({ path: config.config.store.path, nowMs: systemClock.now() });
  const engine = createTransformEngine(config.config.transform);
  try {
    await route(events, { ...config.config, store, engine });
  } finally {
    await engine.close();
    await store.close();
  }
  return { dir, configFile };
}

/** How many events of `fillStore` are of the first kind: level changes, which `tier-change` takes. */
export function levelChangesIn(events: number): number {
  return Math.ceil(events / BODIES.length);
}

type Parts = Pick<Config, 'mappings' | 'sources' | 'destinations'> & {
  readonly store: Store;
  readonly engine: TransformEngine;
};

async function route(events: number, parts: Parts): Promise<void> {
  const context = mappingContextOf(parts);
  const source = sourcesOf(parts).get('open-loyalty');
  if (!source) throw new Error('there is no source');
  const rules = await liveRules(parts, context);
  const router = createRouter({
    ...parts,
    clock: systemClock,
    log: createSilentLogger(),
    signal: new AbortController().signal,
    memberIdKind: parts.mappings.memberId,
    endpoint: (id, name) => context.destinations.get(id)?.endpoints.get(name) ?? null,
    ruleSet: () => rules,
    unrouted: new Unrouted(),
    deliverers: { offers: () => [], take: () => {} },
    facts: (keys) => parts.store.facts(keys),
    onRouted: () => {},
  });
  for (let first = 0; first < events; first += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, events - first) }, (_, index) => first + index);
    const drafts = numbers.flatMap((number) => {
      const body = Buffer.from(JSON.stringify(bodyOf(number)));
      return draftsOf({ source, body, receivedAtMs: systemClock.now(), signature: null }, []);
    });
    await parts.store.accept(
      drafts.map(({ draft }) => ({ ...draft, routed: null })),
      [],
    );
    while ((await router.step()) > 0);
  }
  await router.drained();
}

async function liveRules({ mappings: { dir }, store }: Parts, context: MappingContext) {
  const compiled = compileMappings(await readMappingFiles(dir), context);
  const mappings = compiled.flatMap((file) => file.mappings);
  await store.rememberMappings(mappings, systemClock.now());
  await store.recordLoad(
    compiled.map(({ file, text }) => ({ file, text })),
    { atMs: systemClock.now(), outcome: 'accepted', durationMs: 1, detail: '[]' },
  );
  return ruleSetOf(mappings);
}

function bodyOf(number: number): JsonObject {
  const [eventName, data] = BODIES[number % BODIES.length]?.(number) ?? ['Nothing', {}];
  const createdAt = new Date(Date.parse('2026-02-11T09:30:00Z') + number * 1_000).toISOString();
  return { messageId: `m-${number}`, requestId: `r-${number}`, eventName, storeCode: 'DEFAULT', createdAt, data };
}

const person = (number: number) => ({
  customerId: `c-${number % 100}`,
  email: `Member.${number % 100}@Example.com`,
  phone: '+48500100200',
  loyaltyCardNumber: `LC-${number % 100}`,
});

/** Wallets are told of by the second kind and recalled by the third. */
const BODIES: readonly ((number: number) => readonly [name: string, data: JsonObject])[] = [
  (number) => [
    'CustomerLevelChanged',
    {
      customer: person(number),
      level: { levelId: 'l-1', name: 'Gold', levelMoveUp: number % 2 === 0, levelMoveDown: number % 2 === 1 },
    },
  ],
  (number) => [
    'AvailablePointsAmountChanged',
    {
      customer: person(number),
      amount: number,
      amountChange: 20,
      amountChangeType: 'add',
      wallet: { walletId: `w-${(number - 1) % 100}`, walletType: { code: 'default', name: 'Points' } },
    },
  ],
  (number) => [
    'PointsWillExpire',
    { accountId: `w-${(number - 2) % 100}`, points: 50, remainingUnits: 35, pointsWillExpire: '2026-03-01T00:00:00Z' },
  ],
  (number) => [
    'LevelWillExpire',
    {
      customerId: `c-${number % 100}`,
      customerEmail: `Member.${number % 100}@Example.com`,
      ...{ levelId: 'l-3', levelName: 'Gold', futureLevelId: 'l-2', futureLevelName: 'Silver' },
    },
  ],
  (number) => ['SomethingElse', { number }],
];

const CONFIG = `
store: { url: "sqlite:./data/pointsman.db" }
mappings: { dir: ./mappings }
sources:
  open-loyalty: { type: open-loyalty, verify: { type: none } }
destinations:
  bloomreach: { type: bloomreach, projectToken: p, apiKeyId: k, apiSecret: s }
`;
