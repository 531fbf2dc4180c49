import { describe, expect, it } from 'vitest';
import { queriesOf } from '../../../bench/log/combine.ts';
import { DELIVERY_USES, type FilterUse } from '../../../bench/log/filters.ts';
import type { DeliveryFilter } from '../../../src/ports/log.ts';

type Use = FilterUse<DeliveryFilter>;

const use = (key: 'status' | 'mapping' | 'event', value: string, isTripled = false): Use => {
  return { key, title: value, of: () => ({ [key]: value }), isTripled };
};

describe('the queries', () => {
  const uses = [
    use('status', 'dead', true),
    use('status', 'delivered'),
    use('mapping', 'm', true),
    use('event', 'e', true),
  ];

  it('are every use alone, every two of different filters, and every three of those meant for it', () => {
    const { single, combined } = queriesOf(uses);
    expect(single.map(({ title }) => title)).toEqual(['dead', 'delivered', 'm', 'e']);
    expect(combined.map(({ title }) => title)).toEqual([
      'dead + m',
      'dead + e',
      'delivered + m',
      'delivered + e',
      'm + e',
      'dead + m + e',
    ]);
  });

  it('have all filters of their uses', () => {
    expect(queriesOf(uses).combined.at(-1)?.of(1, 2)).toEqual({ status: 'dead', mapping: 'm', event: 'e' });
  });

  it('use every filter that deliveries have', () => {
    const filters = queriesOf(DELIVERY_USES).single.flatMap(({ of }) => Object.keys(of(1, 100)));
    expect(new Set(filters)).toEqual(
      new Set<keyof DeliveryFilter>([
        'status',
        'mapping',
        'event',
        'member',
        'destination',
        'endpoint',
        'code',
        'sinceMs',
        'untilMs',
        'q',
      ]),
    );
  });

  it('have different titles', () => {
    const { single, combined } = queriesOf(DELIVERY_USES);
    const titles = [...single, ...combined].map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
