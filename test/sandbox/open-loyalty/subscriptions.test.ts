import { describe, expect, it } from 'vitest';
import { faultsOfAnswer, OFFICIAL_NAMES } from './official.ts';
import { startSandbox } from './support.ts';

const PATH = '/api/Germany/webhook/subscription';
const DRAFT = {
  eventName: 'CustomerUpdated',
  url: 'http://127.0.0.1:1/hook',
  headers: [{ headerName: 'X-A', headerValue: 'b' }],
};

describe('subscriptions', () => {
  it('may be made for every event of the list', async () => {
    const { call } = await startSandbox();
    const { json } = await call('GET /api/Germany/webhook/event');
    expect(faultsOfAnswer('get', '/api/{storeCode}/webhook/event', json)).toBeNull();
    expect([...json.items].sort()).toEqual([...OFFICIAL_NAMES].sort());
  });

  it('are made, read, changed and ended', async () => {
    const { call } = await startSandbox();
    const made = await call(`POST ${PATH}`, { webhookSubscription: DRAFT });
    expect(made.status).toBe(200);
    expect(faultsOfAnswer('post', '/api/{storeCode}/webhook/subscription', made.json)).toBeNull();
    expect(Object.keys(made.json)).toEqual(['webhookSubscriptionId']);
    const own = `${PATH}/${made.json.webhookSubscriptionId}`;
    const read = await call(`GET ${own}`);
    expect(faultsOfAnswer('get', '/api/{storeCode}/webhook/subscription/{webhookSubscription}', read.json)).toBeNull();
    expect(read.json).toMatchObject({ ...DRAFT, headerName: 'X-A', legacy: false, destinationType: 'rest' });
    const url = 'http://127.0.0.1:1/other';
    expect((await call(`PUT ${own}`, { webhookSubscription: { url, eventName: 'CustomerRegistered' } })).status).toBe(
      204,
    );
    expect((await call(`GET ${own}`)).json).toMatchObject({ ...DRAFT, url });
    expect((await call(`GET ${own.replace('Germany', 'Poland')}`)).status).toBe(404);
    expect((await call(`DELETE ${own}`)).status).toBe(204);
    for (const method of ['GET', 'PUT', 'DELETE']) expect((await call(`${method} ${own}`, {})).status).toBe(404);
  });

  it('are listed by tenant, filtered and paged, without their headers', async () => {
    const { call, sandbox } = await startSandbox();
    sandbox.subscribe({ url: 'http://127.0.0.1:1/hook' });
    const all = await call(`GET ${PATH}`);
    expect(faultsOfAnswer('get', '/api/{storeCode}/webhook/subscription', all.json)).toBeNull();
    expect([all.json.items.length, all.json.total.all]).toEqual([10, 28]);
    expect(all.json.items[0]).not.toHaveProperty('headers');
    const one = await call(`GET ${PATH}?eventName[eq]=PointsWillExpire`);
    expect(one.json.items).toMatchObject([{ eventName: 'PointsWillExpire' }]);
  });

  it('show their key once, and rotate it at most every five minutes', async () => {
    const { call, clock, sandbox } = await startSandbox();
    const made = await call(`POST ${PATH}`, { webhookSubscription: { ...DRAFT, hmacEnabled: true } });
    expect(made.json.hmacSecretKey).toMatch(/^whsec_[\da-f]{64}$/);
    const own = `${PATH}/${made.json.webhookSubscriptionId}`;
    expect((await call(`GET ${own}`)).text).not.toContain('whsec_');
    const url = DRAFT.url;
    expect((await call(`PUT ${own}`, { webhookSubscription: { url } })).status).toBe(204);
    const rotated = await call(`POST ${own}/rotate-hmac-secret-key`, {});
    expect(rotated.json.hmacSecretKey).not.toBe(made.json.hmacSecretKey);
    expect((await call(`POST ${own}/rotate-hmac-secret-key`, {})).status).toBe(400);
    clock.nowMs += 5 * 60_000;
    expect((await call(`POST ${own}/rotate-hmac-secret-key`, {})).status).toBe(200);
    expect((await call(`PUT ${own}`, { webhookSubscription: { url, hmacEnabled: false } })).status).toBe(204);
    expect((await call(`POST ${own}/rotate-hmac-secret-key`, {})).status).toBe(400);
    const on = await call(`PUT ${own}`, { webhookSubscription: { url, hmacEnabled: true } });
    expect([on.status, on.json.hmacSecretKey]).toEqual([200, expect.stringMatching(/^whsec_/)]);
    expect(sandbox.now()).toBe(clock.nowMs);
  });

  it('take the single header of older versions', async () => {
    const { call } = await startSandbox();
    const { eventName, url } = DRAFT;
    const made = await call(`POST ${PATH}`, {
      webhookSubscription: { eventName, url, headerName: 'X-Old', headerValue: 'v', legacy: true },
    });
    const read = await call(`GET ${PATH}/${made.json.webhookSubscriptionId}`);
    expect(read.json).toMatchObject({ headers: [{ headerName: 'X-Old', headerValue: 'v' }], legacy: true });
  });

  it.each([
    [{ ...DRAFT, eventName: 'Nothing' }, 'eventName'],
    [{ ...DRAFT, url: 'not a url' }, 'url'],
    [{ ...DRAFT, url: 'file:///etc/passwd' }, 'url'],
    [{ ...DRAFT, destinationType: 'queue' }, 'destinationType'],
    [{}, 'eventName'],
  ])('are refused: %j', async (webhookSubscription, path) => {
    const { call } = await startSandbox();
    const { status, json } = await call(`POST ${PATH}`, { webhookSubscription });
    expect([status, json.errors[0].path]).toEqual([400, path]);
  });
});
