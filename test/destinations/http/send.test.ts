import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicId } from '../../../src/core/id.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { HttpSettings } from '../../../src/destinations/http/destination.ts';
import { claimed, freePort, patient } from '../bloomreach/support.ts';
import { Crm, deliveryOf, type Reply } from './support.ts';

const ANN = { path: { id: 'ann' }, body: { tier: 'Göld' } };

let crm: Crm;

beforeEach(async () => {
  crm = await new Crm().start();
});
afterEach(() => crm.close());

async function send(changes: Partial<HttpSettings> = {}, request: JsonObject = ANN) {
  const settings = crm.settings(changes);
  const result = await crm.destination(settings).send([deliveryOf(settings, request)], patient());
  if (result === null) throw new Error('nothing was sent');
  return result;
}

async function answerTo(reply: Reply) {
  crm.reply = () => reply;
  return (await send()).answers[0];
}

/** Changes to the one endpoint. */
function endpoint(changes: JsonObject): Partial<HttpSettings> {
  const declared = { method: 'POST', url: `${crm.origin}/members/{id}`, headers: {}, description: '', ...changes };
  return { endpoints: new Map([['member', declared]]) as unknown as HttpSettings['endpoints'] };
}

describe('a call', () => {
  it('carries what was frozen, to the declared host', async () => {
    const result = await send();
    expect(result).toEqual({
      answers: [
        {
          verdict: 'delivered',
          code: null,
          httpStatus: 204,
          detail: null,
          response: null,
          retryAfterMs: null,
          atFault: null,
        },
      ],
      failed: false,
      divisible: false,
    });
    expect(crm.got).toMatchObject([{ method: 'POST', url: '/members/ann?fixed=1', body: '{"tier":"Göld"}' }]);
    expect(crm.got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '16',
      'user-agent': 'pointsman',
      'webhook-id': publicId('dlv', 1),
    });
    expect(Object.keys(crm.got[0]?.headers ?? {})).not.toContain('authorization');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('may be a %s, with a body or without', async (method) => {
    await send(endpoint({ method }));
    await send(endpoint({ method }), { path: { id: 'ann' } });
    expect(crm.got.map((got) => [got.method, got.body])).toEqual([
      [method, '{"tier":"Göld"}'],
      [method, ''],
    ]);
  });

  it('proves who it comes from, by basic or bearer', async () => {
    await send({ auth: { type: 'basic', username: 'u', password: 'pä:ss' } });
    await send({ auth: { type: 'bearer', token: 't0ken' } });
    expect(crm.got.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from('u:pä:ss').toString('base64')}`,
      'Bearer t0ken',
    ]);
  });

  it('carries the declared headers, which a mapping may add to and overlay', async () => {
    const declared = endpoint({ headers: { 'X-Team': 'loyalty', 'X-Kind': 'a', 'User-Agent': 'ours' } });
    await send(declared, { ...ANN, headers: { 'x-kind': 'b', 'x-own': 7 } });
    expect(crm.got[0]?.headers).toMatchObject({
      'x-team': 'loyalty',
      'x-kind': 'b',
      'x-own': '7',
      'user-agent': 'ours',
    });
  });

  it.each([
    ['text/csv', 'a;b\r\n', 'a;b\r\n'],
    ['application/x-www-form-urlencoded', { a: 'x y', b: [1, 2] }, 'a=x%20y&b=1&b=2'],
    ['application/problem+json', { a: 1 }, '{"a":1}'],
    ['application/json', 'text', '"text"'],
  ])('writes its body as %s asks', async (type, body, expected) => {
    await send(endpoint({ headers: { 'Content-Type': type } }), { ...ANN, body });
    expect(crm.got[0]).toMatchObject({ body: expected, headers: { 'content-type': type } });
  });

  it('keeps the frozen path when the config has another one by now, and takes its host', async () => {
    const before = { ...crm.settings(), ...endpoint({ url: 'https://old.example.com/old/{id}' }) };
    const result = await crm.destination(crm.settings()).send([deliveryOf(before, ANN)], patient());
    expect(result?.answers[0]?.verdict).toBe('delivered');
    expect(crm.got[0]?.url).toBe('/old/ann');
  });

  it('sends the same bytes again, under the same id', async () => {
    const settings = crm.settings();
    const delivery = deliveryOf(settings, ANN);
    for (let time = 0; time < 2; time++) await crm.destination(settings).send([delivery], patient());
    const [first, second] = crm.got;
    expect(second).toEqual(first);
  });

  it('refuses an endpoint that is gone, and a request of another type of destination', async () => {
    const settings = crm.settings();
    const destination = crm.destination(settings);
    for (const delivery of [claimed({ endpoint: 'gone' }), claimed({ endpoint: 'member' })]) {
      const result = await destination.send([delivery], patient());
      expect(result).toMatchObject({ answers: [{ verdict: 'rejected', code: 'DELIVERY_REJECTED' }], failed: false });
    }
    expect(crm.got).toHaveLength(0);
  });

  it('has no probe but a real delivery, and carries one at a time', async () => {
    const settings = crm.settings();
    const destination = crm.destination(settings);
    expect(await destination.probe(patient())).toBeNull();
    expect(destination.fit([claimed(), claimed({ id: 2 })])).toBe(1);
    expect(await destination.send([deliveryOf(settings, ANN)], AbortSignal.abort())).toBeNull();
  });
});

describe('a signed call', () => {
  const secrets = [1, 2].map(() => `whsec_${randomBytes(24).toString('base64')}`);
  const signing = { type: 'standard-webhooks', secrets } as const;

  async function sendSigned(request: JsonObject) {
    const settings = crm.settings({ signing });
    const now = Date.now();
    await crm.destination(settings, () => now).send([deliveryOf(settings, request)], patient());
    const [got] = crm.got;
    if (got === undefined) throw new Error('nothing arrived');
    return { body: got.body, headers: got.headers as Record<string, string>, now };
  }

  it('is taken by the official library, with either secret while it changes', async () => {
    const { body, headers, now } = await sendSigned(ANN);
    expect(headers).toMatchObject({
      'webhook-id': publicId('dlv', 1),
      'webhook-timestamp': String(Math.floor(now / 1000)),
      'webhook-signature': expect.stringMatching(/^v1,\S+ v1,\S+$/),
    });
    for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(ANN.body);
  });

  it('is taken without a body too', async () => {
    const { body, headers } = await sendSigned({ path: { id: 'ann' } });
    expect(body).toBe('');
    expect(() => new Webhook(secrets[0] ?? '').verify(body, headers)).not.toThrow();
  });

  it('is refused with another body, id, time or secret', async () => {
    const { body, headers, now } = await sendSigned(ANN);
    const webhook = new Webhook(secrets[0] ?? '');
    expect(() => webhook.verify(`${body} `, headers)).toThrow();
    expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'dlv_other' })).toThrow();
    expect(() =>
      webhook.verify(body, { ...headers, 'webhook-timestamp': String(Math.floor(now / 1000) - 1) }),
    ).toThrow();
    expect(() => new Webhook(`whsec_${randomBytes(24).toString('base64')}`).verify(body, headers)).toThrow();
  });
});

describe('an answer', () => {
  it.each([
    [200, 'delivered', null, false],
    [202, 'delivered', null, false],
    [302, 'transient', 'DELIVERY_UNREADABLE', true],
    [400, 'rejected', 'DELIVERY_REJECTED', false],
    [401, 'unauthorized', 'DELIVERY_UNAUTHORIZED', false],
    [403, 'unauthorized', 'DELIVERY_UNAUTHORIZED', false],
    [404, 'rejected', 'DELIVERY_REJECTED', false],
    [408, 'transient', 'DELIVERY_UNAVAILABLE', true],
    [409, 'rejected', 'DELIVERY_REJECTED', false],
    [410, 'rejected', 'DELIVERY_REJECTED', false],
    [425, 'transient', 'DELIVERY_UNAVAILABLE', true],
    [429, 'transient', 'DELIVERY_RATE_LIMITED', false],
    [500, 'transient', 'DELIVERY_UNAVAILABLE', true],
    [502, 'ambiguous', 'DELIVERY_UNAVAILABLE', true],
    [503, 'transient', 'DELIVERY_UNAVAILABLE', true],
    [504, 'ambiguous', 'DELIVERY_UNAVAILABLE', true],
    [520, 'transient', 'DELIVERY_UNAVAILABLE', true],
  ])('%i is %s (%s), a failure: %s', async (status, verdict, code, failed) => {
    crm.reply = () => ({ status, headers: { location: '/elsewhere' } });
    const result = await send();
    expect(result).toMatchObject({ answers: [{ verdict, code, httpStatus: status }], failed, divisible: false });
    expect(crm.got).toHaveLength(1);
  });

  it('says what a refusal puts at fault', async () => {
    expect(await answerTo({ status: 401 })).toMatchObject({ atFault: 'destination' });
    expect(await answerTo({ status: 403 })).toMatchObject({ atFault: 'endpoint' });
    expect(await answerTo({ status: 404 })).toMatchObject({ atFault: null });
  });

  it('may ask to wait', async () => {
    for (const status of [429, 503]) {
      expect(await answerTo({ status, headers: { 'retry-after': '7' } })).toMatchObject({ retryAfterMs: 7000 });
    }
    expect(await answerTo({ status: 400, headers: { 'retry-after': '7' } })).toMatchObject({ retryAfterMs: null });
  });

  it('gives its reason, and a remedy where the address is gone or redirects', async () => {
    const body = '{"type":"about:blank","title":"No such member","detail":"ann is unknown"}';
    const refusal = await answerTo({ status: 422, body });
    expect(refusal).toMatchObject({
      detail: 'crm.member answered 422: ann is unknown; No such member',
      response: body,
    });
    expect((await answerTo({ status: 410 }))?.detail).toContain(
      'gone for good: take the mapping back or correct the url',
    );
    expect((await answerTo({ status: 301 }))?.detail).toContain('a redirect, which is not followed');
  });

  it('never tells a secret that it echoes', async () => {
    crm.reply = ({ headers }) => ({ status: 400, body: JSON.stringify({ error: 'no', headers }) });
    const secrets = ['hush-hush-key', 'hush-hush-token', `whsec_${'A'.repeat(32)}`];
    const settings = {
      ...endpoint({ headers: { 'X-Api-Key': 'hush-hush-key', Accept: 'application/json' } }),
      auth: { type: 'bearer', token: 'hush-hush-token' } as const,
      signing: { secrets: [secrets[2] ?? ''] },
    };
    const told = JSON.stringify(await send(settings));
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(told).toContain('application/json');
  });

  it('is lost when nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}/{id}`;
    const lost = { answers: [{ verdict: 'transient', code: 'DELIVERY_CONNECTION' }], failed: true, divisible: false };
    expect(await send(endpoint({ url }))).toMatchObject(lost);
  });

  it('is unknown when it does not come in time', async () => {
    crm.reply = () => null;
    const lost = { answers: [{ verdict: 'ambiguous', code: 'DELIVERY_TIMEOUT' }], failed: true, divisible: false };
    expect(await send({ timeoutMs: 60 })).toMatchObject(lost);
  });
});
