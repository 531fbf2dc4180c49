import type { Database } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { publicId } from '../../../src/core/id.ts';
import type { DeliveryFilter, EventFilter, FactFilter } from '../../../src/ports/log.ts';
import { DELIVERY_LIST } from '../../../src/storage/sqlite/delivery-list.ts';
import { EVENT_LIST } from '../../../src/storage/sqlite/event-list.ts';
import { factPlanner } from '../../../src/storage/sqlite/fact-list.ts';
import { listSql } from '../../../src/storage/sqlite/keyset-page.ts';
import { type CommonFilter, type ListShape, listPlanner } from '../../../src/storage/sqlite/list-plan.ts';
import {
  acceptRouted,
  claim,
  deliveryDraft,
  eventDraft,
  routed,
  T0,
  walletFact,
} from '../../conformance/store/drafts.ts';
import { openWatched } from './temporary.ts';

const DELIVERY_FILTERS: readonly (readonly [DeliveryFilter, index: string])[] = [
  [{}, 'INTEGER PRIMARY KEY'],
  [{ status: 'pending' }, 'delivery_status'],
  [{ status: 'delivered' }, 'delivery_status'],
  [{ mapping: 'tier-change' }, 'delivery_mapping'],
  [{ mapping: 'tier-change', status: 'dead' }, 'delivery_mapping_status'],
  [{ event: 'CustomerLevelChanged' }, 'delivery_event_name'],
  [{ event: 'CustomerLevelChanged', status: 'dead' }, 'delivery_status'],
  [{ destination: 'bloomreach' }, 'delivery_destination'],
  [{ endpoint: 'event' }, 'delivery_endpoint'],
  [{ code: 'DELIVERY_REJECTED' }, 'delivery_code'],
  [{ member: 'ann' }, 'delivery_member'],
  [{ sinceMs: T0, untilMs: T0 + 1 }, 'INTEGER PRIMARY KEY'],
  [{ q: publicId('dlv', 1) }, 'INTEGER PRIMARY KEY'],
  [{ q: 'ann' }, 'delivery_member'],
];

const EVENT_FILTERS: readonly (readonly [EventFilter, index: string])[] = [
  [{}, 'INTEGER PRIMARY KEY'],
  [{ status: 'accepted' }, 'event_status'],
  [{ status: 'routed' }, 'event_status'],
  [{ event: 'CustomerLevelChanged' }, 'event_name'],
  [{ source: 'open-loyalty' }, 'event_source'],
  [{ member: 'ann' }, 'event_member'],
  [{ sinceMs: T0 }, 'INTEGER PRIMARY KEY'],
  [{ q: publicId('evt', 1) }, 'INTEGER PRIMARY KEY'],
  [{ q: 'm-1' }, 'INTEGER PRIMARY KEY'],
];

const FACT_FILTERS: readonly (readonly [FactFilter, index: string])[] = [
  [{}, 'INTEGER PRIMARY KEY'],
  [{ source: 'open-loyalty' }, 'fact_source'],
  [{ kind: 'wallet', source: 'open-loyalty' }, 'fact_kind'],
  [{ storeCode: 'Germany', kind: 'wallet' }, 'fact_store_code'],
  [{ key: 'w-1', kind: 'wallet' }, 'fact_key'],
  [{ member: 'ann', key: 'w-1' }, 'fact_member'],
];

/** Small tables that hold one row per distinct thing, and the union `i` of two searches by index. */
const MAY_SCAN = /^SCAN (u|i|mapping_file|unmatched)\b/;

async function filled() {
  const watched = openWatched();
  await acceptRouted(watched.store, 'm-1', [deliveryDraft()]);
  return watched;
}

function plan(db: Database, sql: string): readonly string[] {
  const parameters = sql.match(/\?/g)?.map(() => 1) ?? [];
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as readonly { readonly detail: string }[];
  return rows.map(({ detail }) => detail);
}

function plansOf<Filter extends CommonFilter>(db: Database, shape: ListShape<Filter>, filter: Filter) {
  const query = listPlanner(db, shape)(filter);
  if (!query || query.accesses.length === 0) throw new Error('nothing to plan');
  return query.accesses.map((access) => plan(db, listSql(query, access).sql));
}

describe('query plans', () => {
  it.each(DELIVERY_FILTERS)('reads deliveries by %j through %s, without a scan or a sort', async (filter, index) => {
    const { db } = await filled();
    for (const details of plansOf(db, DELIVERY_LIST, filter)) expectKeyed(details, 'd', index);
  });

  it.each(EVENT_FILTERS)('reads events by %j through %s, without a scan or a sort', async (filter, index) => {
    const { db } = await filled();
    for (const details of plansOf(db, EVENT_LIST, filter)) expectKeyed(details, 'e', index);
  });

  it.each(FACT_FILTERS)('reads facts by %j through %s, without a scan or a sort', async (filter, index) => {
    const { db } = await filled();
    for (const access of factPlanner(db)(filter).accesses) {
      expectKeyed(plan(db, listSql(factPlanner(db)(filter), access).sql), 'f', index);
    }
  });

  it('sorts only the deliveries of one event', async () => {
    const { db } = await filled();
    const [details] = plansOf(db, DELIVERY_LIST, { q: publicId('evt', 1) });
    expect(details).toContainEqual('SEARCH d USING INDEX delivery_once (event=?)');
  });

  it('claims through the partial index, oldest due first', async () => {
    const { store, db, statements } = await filled();
    await claim(store);
    const claiming = statements.find((sql) => sql.includes('delivery_claim')) ?? '';
    expectKeyed(plan(db, claiming), 'd', 'delivery_claim');
  });

  it('never scans what grows with time', async () => {
    const { store, db, statements } = await filled();
    await everythingOnce(store);
    const reads = [...new Set(statements)].filter((sql) => /^(SELECT|UPDATE|DELETE|INSERT)/.test(sql));
    expect(reads.length).toBeGreaterThan(50);
    const scans = (sql: string): boolean =>
      plan(db, sql).some((detail) => detail.startsWith('SCAN') && !MAY_SCAN.test(detail));
    expect(reads.filter(scans)).toEqual([]);
  });
});

function expectKeyed(details: readonly string[], alias: string, index: string): void {
  expect(details.filter((detail) => /TEMP B-TREE|SCAN/.test(detail))).toEqual([]);
  const way = index === 'INTEGER PRIMARY KEY' ? index : `INDEX ${index}`;
  expect(details.some((detail) => detail.startsWith(`SEARCH ${alias} USING ${way} (`))).toBe(true);
}

/** Runs every transition and every read at least once. */
async function everythingOnce(store: Awaited<ReturnType<typeof filled>>['store']): Promise<void> {
  const page = { before: null, limit: 10 };
  const waiting = { status: 'waiting', request: null, missing: [walletFact()] } as const;
  await store.accept([eventDraft('m-2', { aliases: ['Germany/email:a@b.c'] }), eventDraft('m-1')]);
  await store.settleRoutes([routed(2, [deliveryDraft(waiting), deliveryDraft({ mapping: 'b' })]), routed(1, [])], T0);
  await store.accept([eventDraft('m-3', { facts: [walletFact()] })]);
  await store.claimEvents(5);
  await store.settleRoutes([routed(3, [])], T0);
  const waits = await store.dueWaiting(T0 + 99_000, 5);
  await store.settleWaiting([{ kind: 'shaped', deliveryId: waits[0]?.id ?? 0, deliveries: [deliveryDraft()] }], T0);
  const [claimed] = await claim(store);
  const decision = { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'no' } as const;
  const { id: deliveryId = 0, claimNo = 0 } = claimed ?? {};
  await store.settleAttempts([{ deliveryId, claimNo, attempt: null, decision, nowMs: T0 }]);
  await store.expiredClaims(T0, 5, true);
  await store.facts([walletFact()]);
  const lesson = { member: 'Germany/bob', aliases: ['Germany/email:b@b.c'], facts: [walletFact({ key: 'w-9' })] };
  await store.learn([lesson], { name: 'seed', value: 'page 1' }, T0);
  await store.learn([], { name: 'seed', value: null }, T0);
  await store.checkpoint('seed');
  await store.recordLoad([], { atMs: T0, outcome: 'accepted', durationMs: 1, detail: '' });
  await store.lastGoodFiles();
  await store.probe(T0);
  await store.delivery(1);
  await store.event(1);
  await store.runnableEvents({}, page);
  await store.stats(T0);
  await store.unmatchedNames(5);
  await store.receipts(page);
  for (const [filter] of DELIVERY_FILTERS) await store.deliveries(filter, page);
  for (const [filter] of FACT_FILTERS) await store.factRows(filter, page);
  for (const [filter] of EVENT_FILTERS) await store.events(filter, page);
}
