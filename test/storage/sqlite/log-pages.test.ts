import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { publicId } from '../../../src/core/id.ts';
import type { DeliveryFilter, EventFilter, Page, PageRequest } from '../../../src/ports/log.ts';
import { type LogReads, logReads } from '../../../src/storage/sqlite/log-reads.ts';
import { T0 } from '../../conformance/store/drafts.ts';
import { filledLog, type PlainDelivery, type PlainEvent } from './filled-log.ts';

/** As much as looks at one block a page, and as in use. */
const EFFORTS = [1_100, 5_000, undefined] as const;

const log = filledLog();
afterAll(() => log.db.close());
const readers = EFFORTS.map((effort) => logReads(log.db, effort));

const time = fc.integer({ min: -10, max: 4_100 }).map((minutes) => T0 + minutes * 60_000);
const member = fc.constantFrom('de/c-0', 'c-0', 'user-0@example.com', 'c-17', 'de/email:user-3@example.com', 'nobody');
const q = fc.constantFrom(
  ...['c-', 'c-1', 'c-12', 'user-', 'user-39', 'm-', 'm-12', 'm-1234', 'zzz', ''],
  ...[publicId('dlv', 3_050), publicId('dlv', 2_048).slice(0, -2), publicId('evt', 2_110), 'evt_000000001', 'dlv_'],
);

const deliveryFilter: fc.Arbitrary<DeliveryFilter> = fc.record(
  {
    status: fc.constantFrom('waiting', 'pending', 'delivered', 'dead', 'skipped', 'canceled'),
    mapping: fc.constantFrom('mapping-0', 'mapping-3', 'rare', 'unheard of'),
    event: fc.constantFrom('Event1', 'RareEvent', 'UnheardOf'),
    destination: fc.constantFrom('bloomreach', 'crm'),
    endpoint: fc.constantFrom('event', 'customer'),
    code: fc.constantFrom('DELIVERY_REJECTED', 'DELIVERY_UNAVAILABLE', 'TRANSFORM_ERROR'),
    ...{ member, q, sinceMs: time, untilMs: time },
  },
  { requiredKeys: [] },
);

const eventFilter: fc.Arbitrary<EventFilter> = fc.record(
  {
    status: fc.constantFrom('accepted', 'routed', 'unmatched', 'failed'),
    event: fc.constantFrom('Event1', 'RareEvent', 'UnheardOf'),
    source: fc.constantFrom('open-loyalty', 'other'),
    ...{ member, q, sinceMs: time, untilMs: time },
  },
  { requiredKeys: [] },
);

const reader = fc.constantFrom(...readers);
const limit = fc.integer({ min: 1, max: 220 });

describe('the pages of any filters', () => {
  it('hold together every delivery that fits, once, the newest first', () => {
    fc.assert(
      fc.property(reader, deliveryFilter, limit, (reads, filter, most) => {
        const found = allOf((page) => reads.deliveries(filter, page), most);
        const expected = log.deliveries.filter((row) => isDelivery(row, filter));
        expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id).reverse());
      }),
      { numRuns: 400 },
    );
  });

  it('hold together every event that fits, once, the newest first', () => {
    fc.assert(
      fc.property(reader, eventFilter, limit, (reads, filter, most) => {
        const found = allOf((page) => reads.events(filter, page), most);
        const expected = log.events.filter((row) => isEvent(row, filter));
        expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id).reverse());
      }),
      { numRuns: 300 },
    );
  });

  it('hold each delivery at most once, and those that keep fitting once, while others change between pages', () => {
    fc.assert(
      fc.property(reader, fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(4_799)), (reads, most, changes) => {
        const before = new Map(log.deliveries.map((row) => [row, row.status]));
        const changing = changes.flatMap((index) => log.deliveries[index] ?? []);
        const found = allOf((page) => {
          const row = changing.pop();
          if (row) log.move(row, row.status === 'dead' ? 'pending' : 'dead');
          return reads.deliveries({ status: 'dead' }, page);
        }, most).map(({ id }) => id);
        const stayed = log.deliveries.filter((row) => row.status === 'dead' && before.get(row) === 'dead');
        for (const [row, status] of before) if (row.status !== status) log.move(row, status);
        expect(new Set(found).size).toBe(found.length);
        const never = new Set(changes.map((index) => log.deliveries[index]?.id));
        const kept = stayed.map(({ id }) => id).filter((id) => !never.has(id));
        expect(found.filter((id) => kept.includes(id))).toEqual(kept.reverse());
      }),
      { numRuns: 60 },
    );
  });
});

describe('one page', () => {
  it('ends early, with the place to go on, when it has looked at enough', () => {
    const [sparing] = readers as [LogReads];
    const page = sparing.deliveries({ status: 'skipped' }, { before: null, limit: 200 });
    expect(page.items.length).toBeLessThan(200);
    expect(page.nextBefore).not.toBeNull();
  });

  it('of a name that no row has is empty and the last', () => {
    for (const reads of readers) {
      expect(reads.deliveries({ mapping: 'unheard of' }, { before: null, limit: 5 })).toEqual(NOTHING);
      expect(reads.events({ source: 'nowhere' }, { before: null, limit: 5 })).toEqual(NOTHING);
    }
  });
});

describe('causes of death', () => {
  it('count every dead delivery that fits', () => {
    fc.assert(
      fc.property(reader, deliveryFilter, (reads, filter) => {
        const dead = log.deliveries.filter((row) => row.status === 'dead' && isDelivery(row, filter));
        const groups = Map.groupBy(dead, ({ code, mapping, destination, endpoint }) =>
          [code, mapping, destination, endpoint].join(),
        );
        const causes = reads.deadCauses(filter);
        const counted = causes.map(({ code, mapping, destination, endpoint, count }) => {
          return [[code, mapping, destination, endpoint].join(), count] as const;
        });
        expect(new Map(counted)).toEqual(new Map([...groups].map(([key, rows]) => [key, rows.length])));
        expect(counted.map(([, count]) => count)).toEqual(counted.map(([, count]) => count).sort((a, b) => b - a));
        for (const { exampleId, detail } of causes) expect(detail).toBe(`about ${exampleId}`);
      }),
      { numRuns: 300 },
    );
  });
});

describe('names', () => {
  it('are those that rows have', () => {
    const [, , reads] = readers as [LogReads, LogReads, LogReads];
    expect(reads.names('mapping')).toEqual(['mapping-0', 'mapping-1', 'mapping-2', 'mapping-3', 'rare']);
    expect(reads.names('event')).toEqual(['Event0', 'Event1', 'Event2', 'RareEvent']);
    expect(reads.names('source')).toEqual(['open-loyalty', 'other']);
    expect(reads.names('destination')).toEqual(['bloomreach', 'crm']);
  });
});

const NOTHING = { items: [], nextBefore: null };

function allOf<Row>(read: (page: PageRequest) => Page<Row>, limit: number): readonly Row[] {
  const rows: Row[] = [];
  let before: number | null = null;
  do {
    const page: Page<Row> = read({ before, limit });
    expect(page.items.length).toBeLessThanOrEqual(Math.min(limit, 200));
    if (before !== null && page.nextBefore !== null) expect(page.nextBefore).toBeLessThan(before);
    rows.push(...page.items);
    before = page.nextBefore;
  } while (before !== null);
  return rows;
}

function isDelivery(row: PlainDelivery, filter: DeliveryFilter): boolean {
  return (
    is(filter.status, row.status) &&
    is(filter.mapping, row.mapping) &&
    is(filter.event, row.event.name) &&
    is(filter.destination, row.destination) &&
    is(filter.endpoint, row.endpoint) &&
    is(filter.code, row.code) &&
    isCommon(row, filter, [publicId('dlv', row.id), publicId('evt', row.event.id)], row.event.messageId)
  );
}

function isEvent(row: PlainEvent, filter: EventFilter): boolean {
  return (
    is(filter.status, row.status) &&
    is(filter.event, row.name) &&
    is(filter.source, row.source) &&
    isCommon(row, filter, [publicId('evt', row.id)], row.messageId)
  );
}

type Common = Pick<EventFilter, 'member' | 'q' | 'sinceMs' | 'untilMs'>;

function isCommon(
  { member, atMs }: Pick<PlainEvent, 'member' | 'atMs'>,
  filter: Common,
  ids: readonly string[],
  messageId: string,
): boolean {
  const identifiers = member === null ? [] : [`c-${member}`, `user-${member}@example.com`];
  const whole = [...identifiers, `de/c-${member}`, `de/email:user-${member}@example.com`];
  const { sinceMs = atMs, untilMs = atMs + 1 } = filter;
  if (atMs < sinceMs || atMs >= untilMs) return false;
  if (filter.member !== undefined && (member === null || !whole.includes(filter.member))) return false;
  if (filter.q === undefined) return true;
  if (filter.q === '') return false;
  const { q: start } = filter;
  return (
    // The padding of a whole id may be left out.
    ids.some((id) => start.length > 4 && (id.startsWith(start) || id === padded(start))) ||
    [messageId, ...identifiers].some((text) => text.startsWith(start))
  );
}

function padded(id: string): string {
  return `${id.slice(0, 4)}${id.slice(4).padStart(11, '0')}`;
}

function is<Value>(wanted: Value | undefined, actual: Value | null): boolean {
  return wanted === undefined || wanted === actual;
}
