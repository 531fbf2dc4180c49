import { describe, expect, it } from 'vitest';
import { routedDraft, settlements } from '../../../bench/log/row-drafts.ts';
import { destinations, rowMs, rowOf } from '../../../bench/log/world.ts';

const ROWS = 50_000;
const rows = Array.from({ length: ROWS }, (_, sequence) => rowOf(sequence));

function shareOf(matches: (row: (typeof rows)[number]) => boolean): number {
  return rows.filter(matches).length / ROWS;
}

describe('the rows of the grown log', () => {
  it('are the same every time', () => {
    expect(rowOf(4_711)).toEqual(rowOf(4_711));
    expect(rowMs(4_711) - rowMs(4_710)).toBe(1_000);
  });

  it('are nearly all delivered, some of them at the second try', () => {
    expect(shareOf(({ outcome }) => outcome.status === 'delivered')).toBeCloseTo(0.9, 1);
    expect(shareOf(({ outcome }) => outcome.attempts > 1)).toBeGreaterThan(0.01);
  });

  it('hold every other status, several causes of death, and rare things', () => {
    const statuses = new Set(rows.map(({ outcome }) => outcome.status));
    const codes = new Set(rows.filter(({ outcome }) => outcome.status === 'dead').map(({ outcome }) => outcome.code));
    expect(statuses).toEqual(new Set(['delivered', 'dead', 'skipped', 'waiting', 'pending']));
    expect(codes.size).toBe(5);
    expect(shareOf(({ moment }) => moment.mapping === 'expiring')).toBeLessThan(0.001);
    expect(destinations()).toHaveLength(3);
  });

  it('are about different members within a commit, but for the busiest', () => {
    const members = rows.slice(10_000, 12_000).map(({ member }) => member);
    expect(new Set(members).size).toBe(2_000 - 3);
    expect(new Set(rows.map(({ member }) => member)).size).toBeGreaterThan(ROWS * 0.99);
  });

  it('mix causes and moments freely', () => {
    const isRare = ({ moment, outcome }: (typeof rows)[number]) => {
      return moment.mapping === 'campaign' && outcome.code === 'DELIVERY_REJECTED';
    };
    expect(shareOf(isRare)).toBeCloseTo(0.05 * 0.03, 3);
  });
});

describe('a row as it is written', () => {
  it('has a request wherever something was tried, and waits for a fact where it waits', () => {
    for (let sequence = 0; sequence < 2_000; sequence++) {
      const delivery = routedDraft(sequence).routed?.deliveries[0];
      const { status, attempts } = rowOf(sequence).outcome;
      expect(delivery?.request === null).toBe(attempts === 0);
      expect(delivery?.missing.length).toBe(status === 'waiting' ? 1 : 0);
      expect(delivery?.status).toBe(attempts > 0 ? 'pending' : status);
    }
  });

  it('is settled by its last try; those before leave the claim open', () => {
    const claimed = { id: 7, claimNo: 2 } as Parameters<typeof settlements>[0];
    const outcome = { status: 'dead', code: 'DELIVERY_GIVEN_UP', reason: null, attempts: 3, share: 0 } as const;
    const kinds = settlements(claimed, outcome, 0).map(({ decision }) => decision.kind);
    expect(kinds).toEqual(['keep', 'keep', 'dead']);
  });
});
