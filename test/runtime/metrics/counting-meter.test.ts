import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/core/retry-policy.ts';
import type { MeteredTry } from '../../../src/ports/meter.ts';
import type { Accepted } from '../../../src/ports/store.ts';
import { CountingMeter } from '../../../src/runtime/metrics/counting-meter.ts';
import { deliveryDraft, eventDraft } from '../../conformance/store/drafts.ts';

const STORED: Accepted = { ok: true, eventId: 1, duplicate: false, original: null, claimed: [] };
const REPEATED: Accepted = { ...STORED, duplicate: true };
const REFUSED: Accepted = { ok: false, error: new Error('full') };
const DELIVERED: Decision = { kind: 'delivered' };
const GIVEN_UP: Decision = { kind: 'dead', code: 'DELIVERY_GIVEN_UP', detail: 'used up' };

function tried(over: Partial<MeteredTry> = {}): MeteredTry {
  const delivery = { mapping: 'tier-change', destination: 'bloomreach', endpoint: 'event', pendingSinceMs: 1_000 };
  return { claim: { delivery }, answer: { verdict: 'delivered', code: null }, decision: DELIVERED, ...over };
}

const failedTry = (decision: Decision) =>
  tried({ answer: { verdict: 'transient', code: 'DELIVERY_UNAVAILABLE' }, decision });

const CALL = { startedAtMs: 2_000, nowMs: 3_000, result: { failed: false } };

describe('CountingMeter', () => {
  it('counts what a source brought: stored, repeated, and nothing of what the store refused', () => {
    const meter = new CountingMeter();
    const drafts = ['m-1', 'm-2', 'm-3'].map((id) => eventDraft(id));
    meter.accepted(drafts, [STORED, REPEATED, REFUSED]);
    expect([...meter.sources.entries()]).toMatchObject([['open-loyalty', { received: 1, duplicates: 1, matched: 0 }]]);
  });

  it('counts an event where it is routed: at the door, or later', () => {
    const meter = new CountingMeter();
    const deliveries = [deliveryDraft({ status: 'skipped', reason: 'condition' }), deliveryDraft()];
    meter.accepted([eventDraft('m-1', { routed: { status: 'routed', deliveries } })], [STORED]);
    meter.accepted([eventDraft('m-2')], [STORED]);
    meter.routed([{ source: 'open-loyalty' }], [{ eventId: 2, status: 'unmatched', code: null, deliveries: [] }]);
    const tally = meter.sources.of('open-loyalty');
    expect(tally).toMatchObject({ received: 2, matched: 1, unmatched: 1, failed: 0 });
    const [delivery] = [...meter.mappings.entries()].flatMap(([, { deliveries: all }]) => all);
    expect(delivery).toMatchObject({ skipped: 1, shadowed: 0, delivered: 0 });
  });

  it('counts an event that the door found unfit as failed, once', () => {
    const meter = new CountingMeter();
    meter.accepted([eventDraft('m-1', { failure: 'SOURCE_TOO_DEEP' })], [STORED]);
    expect(meter.sources.of('open-loyalty')).toMatchObject({ received: 1, failed: 1 });
  });

  it('counts the tries of a call, and times what it delivered from when it was pending', () => {
    const meter = new CountingMeter();
    meter.called(CALL, [tried(), tried(), failedTry({ kind: 'keep' }), failedTry(GIVEN_UP)]);
    const tally = meter.destinations.of('bloomreach');
    expect(tally.callSeconds.sum).toBe(1);
    expect(tally.deliverySeconds.sum).toBe(4);
    const delivery = meter.mappings.of('tier-change').to('bloomreach', 'event');
    expect(delivery.delivered).toBe(2);
    expect([...delivery.dead]).toEqual([['DELIVERY_GIVEN_UP', 1]]);
    expect([...meter.failedTries.values()]).toMatchObject([
      { verdict: 'transient', code: 'DELIVERY_UNAVAILABLE', count: 2 },
    ]);
  });

  it('keeps apart what one mapping sends to several endpoints', () => {
    const meter = new CountingMeter();
    const delivery = { ...tried().claim.delivery, endpoint: 'customer' };
    meter.called(CALL, [tried(), tried({ claim: { delivery } })]);
    expect(meter.mappings.of('tier-change').deliveries).toMatchObject([
      { endpoint: 'event', delivered: 1 },
      { endpoint: 'customer', delivered: 1 },
    ]);
  });

  it('keeps a bounded number of mappings, and counts others together', () => {
    const meter = new CountingMeter();
    const names = Array.from({ length: 2_000 }, (_, n) => `mapping-${n}`);
    for (const mapping of names) meter.made([deliveryDraft({ mapping, status: 'shadowed' })]);
    const known = [...meter.mappings.entries()];
    expect(known).toHaveLength(501);
    const shadowed = known.flatMap(([, { deliveries }]) => deliveries).reduce((sum, one) => sum + one.shadowed, 0);
    expect(shadowed).toBe(2_000);
  });
});
