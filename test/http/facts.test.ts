import { afterEach, describe, expect, it } from 'vitest';
import { closeSites, openSite, problemIn, type Site, TOKEN } from './site.ts';

const ADMIN = 'a-token-of-an-admin';
const fact = (key: string) => ({ storeCode: 'Germany', kind: 'wallet', key, value: { name: 'ann', email: 'a@b.c' } });

afterEach(closeSites);

function open(): Promise<Site> {
  const tokens = [
    { name: 'ops', role: 'admin', token: ADMIN } as const,
    { name: 'eve', role: 'editor', token: 'a-token-of-an-editor' } as const,
    { name: 'vic', role: 'viewer', token: TOKEN } as const,
  ];
  return openSite({ app: { tokens } });
}

function teach({ url }: Site, body: unknown, token = ADMIN): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${url}/api/v1/facts`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
}

describe('the API of facts', () => {
  it('learns facts and keeps a checkpoint with them', async () => {
    const site = await open();
    const checkpoint = { name: 'seed.loyalty', value: 'page 2' };
    const answer = await teach(site, { source: 'loyalty', facts: [fact('w-1'), fact('w-2')], checkpoint });
    expect([answer.status, await answer.json()]).toEqual([200, { applied: 2, repeated: 0, stale: 0 }]);
    const kept = await site.get('/api/v1/facts/checkpoints/seed.loyalty');
    expect(await kept.json()).toEqual(checkpoint);
    const unknown = await site.get('/api/v1/facts/checkpoints/seed.other');
    expect([unknown.status, await problemIn(unknown)]).toMatchObject([404, { code: 'API_NOT_FOUND' }]);
    expect((await site.get('/api/v1/facts/checkpoints/%20')).status).toBe(400);
  });

  it('lists facts, filtered and paged, to whoever may read', async () => {
    const site = await open();
    await site.corridor.receive({ eventName: 'X', storeCode: 'Poland', member: 'bob', teaches: { 'w-9': { a: 1 } } });
    await teach(site, { source: 'loyalty', facts: [fact('w-1'), fact('w-2')] });
    const all = (await (await site.get('/api/v1/facts?limit=2')).json()) as { items: unknown[]; next: string };
    expect(all.items).toEqual([
      { ...fact('w-2'), source: 'loyalty', member: 'Germany/ann', learnedAt: null },
      { ...fact('w-1'), source: 'loyalty', member: 'Germany/ann', learnedAt: null },
    ]);
    const rest = await site.get(`/api/v1/facts?limit=2&cursor=${all.next}`);
    expect(await rest.json()).toMatchObject({
      items: [{ key: 'w-9', member: 'Poland/bob', learnedAt: '2026-02-11T08:30:00.000Z' }],
      next: null,
    });
    const filtered = await site.get('/api/v1/facts?storeCode=Germany&kind=wallet&key=w-1&member=ann&source=loyalty');
    expect(await filtered.json()).toMatchObject({ items: [{ key: 'w-1' }] });
    const odd = await site.get('/api/v1/facts?tenant=Germany');
    expect([odd.status, await problemIn(odd)]).toMatchObject([400, { code: 'API_BAD_FILTER' }]);
  });

  it.each([TOKEN, 'a-token-of-an-editor'])('lets only an admin teach', async (token) => {
    const site = await open();
    const answer = await teach(site, { source: 'loyalty', facts: [fact('w-1')] }, token);
    expect([answer.status, await problemIn(answer)]).toMatchObject([403, { code: 'API_FORBIDDEN' }]);
    expect(await (await site.get('/api/v1/facts')).json()).toEqual({ items: [], next: null });
    expect((await teach(site, {}, 'wrong')).status).toBe(401);
  });

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{"source":', 400, 'API_BAD_REQUEST'],
    ['nothing', '', 400, 'API_BAD_REQUEST'],
    ['a list', [], 400, 'API_BAD_REQUEST'],
    ['null', 'null', 400, 'API_BAD_REQUEST'],
    ['a bad fact', { source: 'loyalty', facts: [{}] }, 400, 'API_BAD_FACT'],
    ['more than 4 MB', `"${'x'.repeat(5_000_000)}"`, 413, 'API_TOO_LARGE'],
  ])('answers a body of %s with a problem', async (_what, body, status, code) => {
    const answer = await teach(await open(), body);
    expect([answer.status, await problemIn(answer)]).toMatchObject([status, { code }]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('answers a bug without detail', async () => {
    const site = await open();
    site.corridor.store.learn = () => Promise.reject(new TypeError('a bug'));
    expect((await teach(site, { source: 'loyalty', facts: [fact('w-1')] })).status).toBe(500);
  });
});
