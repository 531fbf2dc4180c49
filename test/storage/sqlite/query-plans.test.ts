import type { Database } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { publicId } from '../../../src/core/id.ts';
import type { DeliveryFilter, EventFilter, FactFilter } from '../../../src/ports/log.ts';
import {
  acceptRouted,
  claim,
  deliveryDraft,
  eventDraft,
  routed,
  settledAttempt,
  T0,
  walletFact,
} from '../../conformance/store/drafts.ts';
import { openWatched } from './temporary.ts';

const BY_KEY = 'INTEGER PRIMARY KEY';

const DELIVERY_FILTERS: readonly (readonly [DeliveryFilter, index: string])[] = [
  [{}, BY_KEY],
  [{ status: 'pending' }, BY_KEY],
  [{ mapping: 'tier-change' }, BY_KEY],
  [{ mapping: 'tier-change', status: 'pending' }, BY_KEY],
  [{ event: 'CustomerLevelChanged', destination: 'bloomreach', endpoint: 'event' }, BY_KEY],
  [{ status: 'dead' }, 'delivery_dead'],
  [{ status: 'dead', code: 'DELIVERY_REJECTED' }, 'delivery_dead'],
  [{ status: 'dead', mapping: 'tier-change', event: 'CustomerLevelChanged' }, 'delivery_dead'],
  [{ code: 'DELIVERY_REJECTED' }, 'delivery_code'],
  [{ member: 'ann' }, 'delivery_member'],
  [{ sinceMs: T0, untilMs: T0 + 1 }, BY_KEY],
  [{ q: publicId('dlv', 1) }, BY_KEY],
  [{ q: publicId('evt', 1) }, 'delivery_once'],
  [{ q: 'm-1' }, 'delivery_once'],
  [{ q: 'ann' }, 'delivery_member'],
];

const EVENT_FILTERS: readonly (readonly [EventFilter, index: string])[] = [
  [{}, BY_KEY],
  [{ status: 'accepted' }, 'event_accepted'],
  [{ status: 'routed' }, BY_KEY],
  [{ event: 'CustomerLevelChanged', source: 'open-loyalty' }, BY_KEY],
  [{ member: 'ann' }, 'event_member'],
  [{ sinceMs: T0 }, BY_KEY],
  [{ q: publicId('evt', 1) }, BY_KEY],
  [{ q: 'm-1' }, BY_KEY],
];

const FACT_FILTERS: readonly (readonly [FactFilter, index: string])[] = [
  [{}, BY_KEY],
  [{ source: 'open-loyalty' }, 'fact_source'],
  [{ kind: 'wallet', source: 'open-loyalty' }, 'fact_kind'],
  [{ storeCode: 'Germany', kind: 'wallet' }, 'fact_store_code'],
  [{ key: 'w-1', kind: 'wallet' }, 'fact_key'],
  [{ member: 'ann', key: 'w-1' }, 'fact_member'],
];

/** Small tables that hold one row per distinct thing, lists that a statement makes itself; what is dead or in flight, by itself. */
const MAY_SCAN =
  /^SCAN (u|i|a|c|n|s|f|found|mapping_file|unmatched|pause|CONSTANT ROW|\(subquery-\d+|d USING COVERING INDEX delivery_dead|delivery USING INDEX delivery_owned)\b/;

const PAGE = { before: null, limit: 10 } as const;

async function filled() {
  const watched = openWatched();
  const dead = deliveryDraft({ part: 1, status: 'dead', code: 'DELIVERY_REJECTED', detail: 'no' });
  await acceptRouted(watched.store, 'm-1', [deliveryDraft(), dead]);
  return watched;
}

function plan(db: Database, sql: string): readonly string[] {
  const parameters = sql.match(/\?/g)?.map(() => 1) ?? [];
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as readonly { readonly detail: string }[];
  return rows.map(({ detail }) => detail);
}

type Filled = Awaited<ReturnType<typeof filled>>;

/** The plans of everything that a read runs. */
async function plansOf({ db, store, statements }: Filled, read: (store: Filled['store']) => Promise<unknown>) {
  statements.length = 0;
  await read(store);
  const all = [...new Set(statements)].filter((sql) => /^(SELECT|WITH)/.test(sql));
  return all.map((sql) => plan(db, sql));
}

describe('query plans', () => {
  it.each(DELIVERY_FILTERS)('reads deliveries by %j through %s', async (filter, index) => {
    const plans = await plansOf(await filled(), (store) => store.deliveries(filter, PAGE));
    expectKeyed(plans, 'd', index);
  });

  it.each(EVENT_FILTERS)('reads events by %j through %s', async (filter, index) => {
    const plans = await plansOf(await filled(), (store) => store.events(filter, PAGE));
    expectKeyed(plans, 'e', index);
  });

  it.each(FACT_FILTERS)('reads facts by %j through %s', async (filter, index) => {
    const plans = await plansOf(await filled(), (store) => store.factRows(filter, PAGE));
    expectKeyed(plans, 'f', index);
  });

  it('groups the dead out of their index alone', async () => {
    const plans = await plansOf(await filled(), (store) => store.deadCauses({}));
    expect(plans.flat()).toContain('SCAN d USING COVERING INDEX delivery_dead');
    expect(plans.flat().filter((detail) => /TEMP B-TREE FOR GROUP/.test(detail))).toEqual([]);
  });

  it('claims through the partial index, oldest due first', async () => {
    const { store, db, statements } = await filled();
    await claim(store);
    const claiming = statements.find((sql) => sql.includes('delivery_claim')) ?? '';
    expectKeyed([plan(db, claiming)], 'd', 'delivery_claim');
  });

  it('never scans what grows with time', async () => {
    const { store, db, statements } = await filled();
    await everythingOnce(store);
    const reads = [...new Set(statements)].filter((sql) => /^(SELECT|WITH|UPDATE|DELETE|INSERT)/.test(sql));
    expect(reads.length).toBeGreaterThan(50);
    const scans = (sql: string): boolean =>
      !/ LIMIT 1$/.test(sql) && plan(db, sql).some((detail) => detail.startsWith('SCAN') && !MAY_SCAN.test(detail));
    expect(reads.filter(scans)).toEqual([]);
  });
});

/** Of the list's own table, only the keys of the dead and those of one event are sorted: few, and not in that order. */
function expectKeyed(plans: readonly (readonly string[])[], alias: string, index: string): void {
  const own = plans.filter((details) => details.some((detail) => new RegExp(`^(SEARCH|SCAN) ${alias} `).test(detail)));
  const slow = own.flat().filter((detail) => /TEMP B-TREE|^SCAN/.test(detail) && !MAY_SCAN.test(detail));
  const isSorted = index === 'delivery_dead' || index === 'delivery_once';
  expect(slow).toEqual(isSorted ? ['USE TEMP B-TREE FOR ORDER BY'] : []);
  const way = index === BY_KEY ? index : `(COVERING )?INDEX ${index}`;
  expect(own.flat().some((detail) => new RegExp(`^(SEARCH|SCAN) ${alias} USING ${way}`).test(detail))).toBe(true);
}

/** Runs every transition and every read at least once. */
async function everythingOnce(store: Awaited<ReturnType<typeof filled>>['store']): Promise<void> {
  const page = { before: null, limit: 10 };
  const waiting = { status: 'waiting', request: null, missing: [walletFact()] } as const;
  await store.accept([eventDraft('m-2', { aliases: ['Germany/email:a@b.c'] }), eventDraft('m-1')], []);
  await store.settleRoutes(
    [routed(2, [deliveryDraft(waiting), deliveryDraft({ mapping: 'b' })]), routed(1, [])],
    T0,
    [],
  );
  await store.accept([eventDraft('m-3', { facts: [walletFact()] })], []);
  await store.claimEvents(5);
  await store.settleRoutes([routed(3, [])], T0, []);
  const waits = await store.dueWaiting(T0 + 99_000, 5);
  await store.settleWaiting([{ kind: 'shaped', deliveryId: waits[0]?.id ?? 0, deliveries: [deliveryDraft()] }], T0);
  const [claimed] = await claim(store);
  const decision = { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'no' } as const;
  const { id: deliveryId = 0, claimNo = 0 } = claimed ?? {};
  await store.settleAttempts([settledAttempt({ deliveryId, claimNo, attempt: null, decision })]);
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
  await store.gauges();
  await store.names('event');
  await store.pauses(T0);
  await store.deadCauses({});
  await store.deadCauses({ member: 'ann', sinceMs: T0 });
  await store.unmatchedNames(5);
  await store.receipts(page);
  for (const [filter] of DELIVERY_FILTERS) await store.deliveries(filter, page);
  for (const [filter] of FACT_FILTERS) await store.factRows(filter, page);
  for (const [filter] of EVENT_FILTERS) await store.events(filter, page);
}
