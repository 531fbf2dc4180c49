import { describe, expect, it } from 'vitest';
import { messageIdOf, sequenceOf } from '../../bench/sequence.ts';
import { MEMBERS, webhookBody } from '../../bench/webhook.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a sequence number', () => {
  it('travels in a message id that is a UUID', () => {
    for (const sequence of [0, 1, 4_095, 1_000_000]) {
      expect(messageIdOf(sequence)).toMatch(UUID);
      expect(sequenceOf(messageIdOf(sequence))).toBe(sequence);
    }
  });

  it('is not read out of anything else', () => {
    for (const other of [
      '',
      'm-1',
      '3f0c7e1a-5a0e-4b53-9d0b-2f6f5d0c9a11',
      `${messageIdOf(1)}:1`,
      7,
      null,
      undefined,
    ]) {
      expect(sequenceOf(other)).toBeNull();
    }
  });
});

describe('the webhooks', () => {
  it('each have a message id of their own and are about 10,000 members in turn', () => {
    const bodies = Array.from({ length: MEMBERS + 1 }, (_, sequence) => JSON.parse(webhookBody(sequence)));
    expect(new Set(bodies.map(({ messageId }) => messageId)).size).toBe(MEMBERS + 1);
    expect(new Set(bodies.map(({ data }) => data.customer.email)).size).toBe(MEMBERS);
    expect(bodies[MEMBERS].data.customer).toEqual(bodies[0].data.customer);
  });
});
