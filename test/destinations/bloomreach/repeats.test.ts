import { expect, it } from 'vitest';
import { bloomreachEndpoints } from '../../../src/destinations/bloomreach/endpoints.ts';

const DAY = 24 * 3_600_000;
const keeps = (endpoint: string, type: string, ageMs: number) =>
  bloomreachEndpoints.get(endpoint)?.keepsRepeat?.(JSON.stringify({ event_type: type }), ageMs);

it('drops the same event again, for 90 days', () => {
  expect(keeps('event', 'purchase', 90 * DAY)).toBeNull();
  expect(keeps('event', 'purchase', 90 * DAY + 1)).toContain('90 days');
});

it('keeps every consent event', () => {
  expect(keeps('event', 'consent', 0)).toContain('consent');
});

it('takes an update of a customer as often as one likes', () => {
  expect(keeps('customer', 'consent', 400 * DAY)).toBeNull();
});
