import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedConnector, guardedLookup, type Resolve } from '../../../src/destinations/http/guarded-connector.ts';
import { createCaller } from '../../../src/destinations/shared/caller.ts';
import { patient } from '../bloomreach/support.ts';
import { Crm, deliveryOf } from './support.ts';

let crm: Crm;

beforeEach(async () => {
  crm = await new Crm().start();
});
afterEach(() => crm.close());

const ANN = { path: { id: 'ann' } };

/** Sends to this host, at the port of the system. */
async function sendTo(host: string, changes: { allowPrivate?: boolean; allowHosts?: readonly string[] } = {}) {
  const url = `${crm.origin.replace('127.0.0.1', host)}/{id}`;
  const endpoints = new Map([['member', { method: 'POST', url, headers: {}, description: '' } as const]]);
  const settings = crm.settings({ allowPrivate: false, ...changes, endpoints });
  return (await crm.destination(settings).send([deliveryOf(settings, ANN)], patient()))?.answers[0];
}

describe('a private address', () => {
  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost', '2130706433'])(
    'is not connected to: %s',
    async (host) => {
      const answer = await sendTo(host);
      expect(answer).toMatchObject({ verdict: 'transient', code: 'DELIVERY_CONNECTION' });
      expect(answer?.detail).toMatch(/^Nothing was sent: .* a private address; if that is meant, set allowPrivate/);
      expect(crm.got).toHaveLength(0);
    },
  );

  it('is connected to when all are allowed, or its host is', async () => {
    expect(await sendTo('127.0.0.1', { allowPrivate: true })).toMatchObject({ verdict: 'delivered' });
    expect(await sendTo('127.0.0.1', { allowHosts: ['crm.internal', '127.0.0.1'] })).toMatchObject({
      verdict: 'delivered',
    });
    expect(await sendTo('localhost', { allowHosts: ['LOCALHOST'] })).toMatchObject({ verdict: 'delivered' });
    expect(await sendTo('localhost', { allowHosts: ['other'] })).toMatchObject({ verdict: 'transient' });
  });
});

describe('a name', () => {
  /** Calls a name that leads to these addresses. */
  async function callBy(resolve: Resolve) {
    const origin = crm.origin.replace('127.0.0.1', 'crm.example.com');
    const connector = guardedConnector(300, resolve);
    const caller = createCaller({ origin, timeoutMs: 300, connections: 1, connector });
    const call = { method: 'POST', path: '/', headers: {}, body: null, responseLimitBytes: 100 } as const;
    const outcome = await caller.call(call, patient());
    await caller.close();
    return outcome;
  }
  const leadsTo =
    (...addresses: readonly string[]): Resolve =>
    (_host, _options, callback) =>
      callback(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  it.each([[['127.0.0.1']], [['::ffff:127.0.0.1', '10.0.0.1']], [['169.254.169.254']]])(
    'that leads to %j is not called, however open it looks',
    async (addresses) => {
      const outcome = await callBy(leadsTo(...addresses));
      expect(outcome).toMatchObject({ kind: 'failed', bodySent: false });
      expect(outcome.kind === 'failed' && outcome.error.message).toContain(
        `crm.example.com leads to ${addresses[0]}, a private address`,
      );
      expect(crm.got).toHaveLength(0);
    },
  );

  it('that leads to private and open addresses is called at the open ones only', () => {
    const open = { address: '2606:4700:4700::1111', family: 6 };
    const lookup = guardedLookup(leadsTo('127.0.0.1', open.address, '10.0.0.1'));
    lookup('crm.example.com', { all: true }, (error, found) => expect([error, found]).toEqual([null, [open]]));
    lookup('crm.example.com', {}, (error, ...found) => expect([error, found]).toEqual([null, [open.address, 6]]));
  });

  it('that leads nowhere says so', async () => {
    const outcome = await callBy((_host, _options, callback) => callback(new Error('no such host'), []));
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'no such host' } });
  });
});
