import { describe, expect, it } from 'vitest';
import type { OpenLoyaltySandbox } from '../../../src/sandbox/open-loyalty/server.ts';
import { DEFAULT_SIGNING, signatureOf } from '../../../src/sandbox/open-loyalty/webhooks/signature.ts';
import type { Member } from '../../../src/sandbox/open-loyalty/world/member.ts';
import { faultsOfWebhook } from './official.ts';
import { DAY_MS, memberOf, type Received, START_MS, startReceiver, startSandbox } from './support.ts';

function anyone({ world }: OpenLoyaltySandbox): Member {
  return memberOf(world, 'Germany', ({ profile }) => profile.email !== null && profile.phone !== null);
}

/** One event about one member: her data changed. */
function touch(sandbox: OpenLoyaltySandbox, member = anyone(sandbox)) {
  return sandbox.play((world, nowMs) => world.updateProfile(member, { firstName: 'Anna' }, nowMs));
}

function isSigned(
  { headers, text }: Received,
  { secret, url }: { readonly secret: string; readonly url: string },
): boolean {
  const [signature, timestamp, requestId] = ['signature', 'timestamp', 'request-id'].map(
    (name) => headers[`x-webhook-${name}`],
  );
  const signed = { method: 'POST', url, body: text, timestamp: Number(timestamp), requestId: String(requestId) };
  return signature === signatureOf(signed, secret);
}

describe('a subscriber', () => {
  it('is told of what it asked for, in the official envelope, with its headers', async () => {
    const { received, url } = await startReceiver();
    const { sandbox } = await startSandbox();
    const headers = [{ headerName: 'X-Pointsman-Token', headerValue: 's3cret' }];
    sandbox.subscribe({ url, headers, storeCodes: ['Germany'], eventNames: ['CustomerUpdated'] });
    const [delivery] = await touch(sandbox);
    await sandbox.play((world, nowMs) => world.updateProfile(memberOf(world, 'Poland'), { firstName: 'Ola' }, nowMs));
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({
      'x-pointsman-token': 's3cret',
      'content-type': 'application/json',
      'user-agent': 'OpenLoyalty',
    });
    expect(received[0]?.headers).not.toHaveProperty('x-webhook-signature');
    expect(received[0]?.json).toMatchObject({
      eventName: 'CustomerUpdated',
      storeCode: 'Germany',
      createdAt: '2026-01-15T13:00:00+01:00',
    });
    expect(faultsOfWebhook('CustomerUpdated', received[0]?.json)).toBeNull();
    expect(delivery).toMatchObject({
      outcome: 'answered',
      body: received[0]?.text,
      messageId: received[0]?.json.messageId,
    });
  });

  it.each(['ascii', 'decoded'] as const)('gets signatures with the key as %s, at the time of sending', async (key) => {
    const { received, url } = await startReceiver();
    const { sandbox } = await startSandbox({ emitter: { signing: { ...DEFAULT_SIGNING, key } } });
    const [subscription] = sandbox.subscribe({
      url,
      hmac: true,
      storeCodes: ['Germany'],
      eventNames: ['CustomerUpdated'],
    });
    await sandbox.advance(100 * DAY_MS);
    await touch(sandbox);
    const [one] = received;
    const headers = one?.headers ?? {};
    const signed = {
      method: 'POST',
      url,
      body: one?.text ?? '',
      timestamp: START_MS / 1000,
      requestId: one?.json.requestId,
    };
    expect(subscription?.hmac?.secret).toMatch(/^whsec_[\da-f]{64}$/);
    expect(headers).toMatchObject({
      'x-webhook-signature-algorithm': 'hmac-sha256',
      'x-webhook-signature-version': '1',
    });
    expect(headers['x-webhook-signature']).toBe(
      signatureOf(signed, subscription?.hmac?.secret ?? '', { ...DEFAULT_SIGNING, key }),
    );
    expect(one?.json.createdAt).toBe('2026-04-25T14:00:00+02:00');
  });

  it('shares the message id with another subscriber, unless that is switched', async () => {
    for (const messageIds of ['per-event', 'per-subscription'] as const) {
      const { received, url } = await startReceiver();
      const { sandbox } = await startSandbox({ emitter: { messageIds } });
      for (const _ of [1, 2]) sandbox.subscribe({ url, storeCodes: ['Germany'], eventNames: ['CustomerUpdated'] });
      await touch(sandbox);
      expect(new Set(received.map(({ json }) => json.messageId)).size).toBe(messageIds === 'per-event' ? 1 : 2);
      expect(new Set(received.map(({ json }) => json.requestId)).size).toBe(2);
    }
  });

  it('is told of one member in order, however slow it answers', async () => {
    const { received, url } = await startReceiver(async (nth) => {
      await new Promise((resolve) => setTimeout(resolve, nth === 1 ? 30 : 0));
      return 200;
    });
    const { sandbox } = await startSandbox();
    sandbox.subscribe({ url, storeCodes: ['Germany'] });
    const member = anyone(sandbox);
    await Promise.all(
      [1, 2, 3].map((units) => sandbox.play((world, nowMs) => world.earnPoints(member, { units }, nowMs))),
    );
    const units = received
      .filter(({ json }) => json.eventName === 'UnitsTransferWasAdded')
      .map(({ json }) => json.data.units);
    expect(units).toEqual([1, 2, 3]);
  });
});

describe('an answer', () => {
  it.each([400, 401, 404, 500, 503])(
    '%i is followed by one retry under a new request id and signature',
    async (status) => {
      const { received, url } = await startReceiver((nth) => (nth === 1 ? status : 200));
      const { sandbox, clock } = await startSandbox();
      const [subscription] = sandbox.subscribe({
        url,
        hmac: true,
        storeCodes: ['Germany'],
        eventNames: ['CustomerUpdated'],
      });
      const running = touch(sandbox);
      clock.nowMs += 1000;
      const [delivery] = await running;
      const [first, second, ...others] = received;
      expect(others).toEqual([]);
      expect(second?.json).toEqual({ ...first?.json, requestId: second?.json.requestId });
      expect(second?.json.requestId).not.toBe(first?.json.requestId);
      const secret = subscription?.hmac?.secret ?? '';
      for (const one of [first, second]) expect(one && isSigned(one, { secret, url })).toBe(true);
      expect(delivery).toMatchObject({ outcome: 'answered', requests: [{ status }, { status: 200 }] });
      expect(sandbox.emitter.stats()).toMatchObject({ messages: 1, sent: 2, answered: 1, retried: 1, givenUp: 0 });
    },
  );

  it('of two failures is the end', async () => {
    const { received, url } = await startReceiver(() => 500);
    const { sandbox } = await startSandbox();
    sandbox.subscribe({ url, storeCodes: ['Germany'], eventNames: ['CustomerUpdated'] });
    expect(await touch(sandbox)).toMatchObject([{ outcome: 'given-up' }]);
    expect(received).toHaveLength(2);
  });

  it.each([
    [301, 1, 'given-up'],
    [202, 1, 'answered'],
    [204, 1, 'answered'],
  ])('%i is sent %i time and %s', async (status, times, outcome) => {
    const { received, url } = await startReceiver(() => status);
    const { sandbox } = await startSandbox();
    sandbox.subscribe({ url, storeCodes: ['Germany'], eventNames: ['CustomerUpdated'] });
    expect(await touch(sandbox)).toMatchObject([{ outcome }]);
    expect(received).toHaveLength(times);
  });

  it.each([
    [false, 1],
    [true, 2],
  ])('that never comes is tried again only if that is switched on: %s', async (retryNoAnswer, times) => {
    const { received, url } = await startReceiver(() => 'reset');
    const { sandbox } = await startSandbox({ emitter: { retryNoAnswer } });
    sandbox.subscribe({ url, storeCodes: ['Germany'], eventNames: ['CustomerUpdated'] });
    expect(await touch(sandbox)).toMatchObject([
      { outcome: 'given-up', requests: Array(times).fill({ status: null }) },
    ]);
    expect(received).toHaveLength(times);
  });
});

describe('a fault', () => {
  async function stage(fault: Parameters<OpenLoyaltySandbox['faults']['add']>[0]) {
    const { received, url } = await startReceiver();
    const { sandbox } = await startSandbox();
    const secret = `whsec_${'ab'.repeat(32)}`;
    sandbox.subscribe({
      url,
      hmac: secret,
      storeCodes: ['Germany'],
      eventNames: ['CustomerUpdated', 'CustomerEmailWasChanged'],
    });
    sandbox.faults.add(fault);
    return { received, sandbox, member: anyone(sandbox), sign: { secret, url } };
  }

  it('duplicate sends the same message under two request ids', async () => {
    const { received, sandbox } = await stage({ kind: 'duplicate' });
    await touch(sandbox);
    expect(received.map(({ json }) => json.messageId)).toEqual([
      received[0]?.json.messageId,
      received[0]?.json.messageId,
    ]);
    expect(new Set(received.map(({ json }) => json.requestId)).size).toBe(2);
  });

  it('reorder lets later messages overtake, and loses none', async () => {
    const { received, sandbox, member } = await stage({ kind: 'reorder', by: 2, count: 1 });
    for (const firstName of ['A', 'B', 'C', 'D']) {
      await sandbox.play((world, nowMs) =>
        world.updateProfile(member, { firstName }, nowMs + firstName.charCodeAt(0) * 1000),
      );
    }
    const seconds = received
      .map(({ json }) => Date.parse(json.createdAt) - START_MS)
      .map((ms) => String.fromCharCode(ms / 1000));
    expect(seconds).toEqual(['B', 'C', 'A', 'D']);
  });

  it('reorder keeps what nothing overtakes until it is flushed', async () => {
    const { received, sandbox } = await stage({ kind: 'reorder' });
    await touch(sandbox);
    expect(received).toHaveLength(0);
    expect(await sandbox.emitter.flush()).toMatchObject([{ outcome: 'answered', faults: ['reorder'] }]);
    expect(received).toHaveLength(1);
  });

  it('drop sends nothing and keeps it in the book', async () => {
    const { received, sandbox } = await stage({ kind: 'drop' });
    expect(await touch(sandbox)).toMatchObject([{ outcome: 'dropped', requests: [] }]);
    expect(received).toHaveLength(0);
    expect(sandbox.emitter.stats()).toMatchObject({ messages: 1, sent: 0, dropped: 1 });
  });

  it('slow waits before it sends', async () => {
    const { sandbox } = await stage({ kind: 'slow', ms: 60 });
    const startedMs = performance.now();
    await touch(sandbox);
    expect(performance.now() - startedMs).toBeGreaterThan(50);
  });

  it('missing-ids leaves both ids out, still signed', async () => {
    const { received, sandbox, sign } = await stage({ kind: 'missing-ids' });
    await touch(sandbox);
    expect(Object.keys(received[0]?.json)).toEqual(['eventName', 'storeCode', 'createdAt', 'data']);
    expect(received[0] && isSigned(received[0], sign)).toBe(true);
  });

  it.each([
    ['null-email', { email: null, phone: expect.any(String), customerId: expect.any(String) }],
    ['null-phone', { email: expect.any(String), phone: null }],
    ['nobody', { email: null, phone: null, loyaltyCardNumber: null, customerId: null }],
  ] as const)('%s blanks what identifies the member', async (kind, customer) => {
    const { received, sandbox } = await stage({ kind });
    await touch(sandbox);
    expect(received[0]?.json.data.customer).toMatchObject(customer);
  });

  it('unsigned sends no signature', async () => {
    const { received, sandbox } = await stage({ kind: 'unsigned' });
    await touch(sandbox);
    expect(Object.keys(received[0]?.headers ?? {}).filter((name) => name.startsWith('x-webhook'))).toEqual([]);
  });

  it('stale signs for ten minutes ago', async () => {
    const { received, sandbox, sign } = await stage({ kind: 'stale' });
    await touch(sandbox);
    expect(received[0]?.headers['x-webhook-timestamp']).toBe(String(START_MS / 1000 - 600));
    expect(received[0] && isSigned(received[0], sign)).toBe(true);
  });

  it('tampered changes the body after signing', async () => {
    const { received, sandbox, sign } = await stage({ kind: 'tampered' });
    await touch(sandbox);
    expect(received[0] && isSigned(received[0], sign)).toBe(false);
  });

  it('hits only what it matches, as often as it says', async () => {
    const { received, sandbox, member } = await stage({
      kind: 'drop',
      count: 1,
      match: { eventName: 'CustomerEmailWasChanged' },
    });
    for (const email of ['one@x.example', 'two@x.example']) {
      await sandbox.play((world, nowMs) => world.changeEmail(member, email, nowMs));
    }
    expect(received.map(({ json }) => json.eventName)).toEqual([
      'CustomerUpdated',
      'CustomerUpdated',
      'CustomerEmailWasChanged',
    ]);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('of several all hit', async () => {
    const { received, sandbox } = await stage({ kind: 'duplicate' });
    sandbox.faults.add({ kind: 'null-email' });
    await touch(sandbox);
    expect(received.map(({ json }) => json.data.customer.email)).toEqual([null, null]);
  });
});

describe('legacy bodies', () => {
  async function stage(members: number) {
    const { received, url } = await startReceiver();
    const { sandbox, clock } = await startSandbox({ members, silentShare: 1 });
    sandbox.subscribe({ url, legacy: true });
    return { received, sandbox, clock };
  }

  it('hold a type and data, and nothing of the envelope', async () => {
    const { received, sandbox } = await stage(4);
    const member = memberOf(sandbox.world, 'Germany');
    await sandbox.play((world, nowMs) => world.earnPoints(member, { units: 600 }, nowMs));
    const byType = new Map(received.map(({ json }) => [json.type, json]));
    expect([...byType.keys()]).toEqual([
      'UnitsTransferWasAdded',
      'account.available_points_amount_changed',
      'customer.level_changed_automatically',
    ]);
    expect(byType.get('account.available_points_amount_changed')).toEqual({
      type: 'account.available_points_amount_changed',
      data: {
        customerId: member.customerId,
        amount: expect.any(Number),
        amount_change: 600,
        amount_change_type: 'add',
      },
    });
    expect(byType.get('customer.level_changed_automatically')?.data).toMatchObject({
      levelName: 'Silver',
      levelMove: 'up',
    });
  });

  it('of reminders are arrays that name the member, in pieces of 1,000', async () => {
    const { received, sandbox, clock } = await stage(2500);
    for (const member of sandbox.world.members.values()) {
      if (member.tenant.storeCode === 'Germany')
        sandbox.world.earnPoints(member, { units: 7, expiresInDays: 15 }, START_MS);
    }
    clock.nowMs += DAY_MS;
    await sandbox.tick();
    const german = received.filter(({ json }) => json.type === 'account.expiring_points_notification');
    const sizes = german.map(({ json }) => json.data.length);
    const all = german.flatMap(({ json }) => json.data).filter(({ points }) => points === 7);
    expect(Math.max(...sizes)).toBe(1000);
    expect(all).toHaveLength(1250);
    expect(new Set(all.map(({ customerId }) => customerId)).size).toBe(1250);
    expect(all[0]).toMatchObject({
      pointsWillExpire: '2026-01-30T23:59:59+01:00',
      customerFirstName: expect.any(String),
    });
    expect(sandbox.emitter.stats().messages).toBe(received.length);
  });
});

it('sends nothing but what fits the official schemas', async () => {
  const { received, url } = await startReceiver();
  const { sandbox } = await startSandbox({ members: 60 });
  sandbox.subscribe({ url, hmac: true });
  sandbox.faults.add({ kind: 'null-email', probability: 0.1 });
  await sandbox.advance(90 * DAY_MS, { activityPerDay: 25 });
  const faulty = received.filter(({ json }) => faultsOfWebhook(json.eventName, json) !== null);
  expect(faulty.map(({ json }) => json.eventName)).toEqual([]);
  expect(new Set(received.map(({ json }) => json.eventName)).size).toBeGreaterThan(22);
  expect(sandbox.emitter.stats()).toMatchObject({ events: received.length, answered: received.length, givenUp: 0 });
});

describe('time', () => {
  it('put ahead runs every scan on the way: silent members are reminded, then lose their units', async () => {
    const { received, url } = await startReceiver();
    const { sandbox } = await startSandbox({ members: 20, silentShare: 1 });
    sandbox.subscribe({ url });
    const before = new Map(
      [...sandbox.world.members.values()].map((each) => [each.customerId, each.wallets[0]?.account.active ?? 0]),
    );
    const passage = await sandbox.advance(200 * DAY_MS);
    expect(passage).toMatchObject({ scans: 200, messages: received.length, nowMs: START_MS + 200 * DAY_MS });
    const reminded = received
      .filter(({ json }) => json.eventName === 'PointsWillExpire')
      .map(({ json }) => json.data.accountId);
    const wallets = [...sandbox.world.members.values()].map(({ wallets }) => wallets[0]?.walletId);
    expect([...before.values()].every((active) => active > 0)).toBe(true);
    expect(reminded.length).toBeGreaterThanOrEqual(wallets.length - 5);
    expect([...sandbox.world.members.values()].every(({ wallets }) => wallets[0]?.account.active === 0)).toBe(true);
    expect(new Set(received.map(({ json }) => json.eventName))).toEqual(
      new Set(['PointsWillExpire', 'UnitsTransferWasAdded', 'AvailablePointsAmountChanged']),
    );
  });

  it('that the clock passed by itself is caught up by a tick', async () => {
    const { sandbox, clock } = await startSandbox();
    expect(await sandbox.tick()).toMatchObject({ scans: 0 });
    clock.nowMs += 3 * DAY_MS;
    const both = await Promise.all([sandbox.tick(), sandbox.tick()]);
    expect(both.map(({ scans }) => scans)).toEqual([3, 0]);
  });
});
