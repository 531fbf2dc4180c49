import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ERRORS, PointsmanError } from '../../src/core/errors.ts';
import type { ReceiptDetail } from '../../src/core/receipt.ts';
import { REJECTED, UNAVAILABLE } from '../support/scripted-destination.ts';
import { closeSites, openSite, problemIn, type Site, TOKEN } from './site.ts';

interface List {
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | null;
}

let site: Site;

beforeEach(async () => {
  site = await openSite();
});
afterEach(closeSites);

async function list(path: string): Promise<List> {
  const response = await site.get(path);
  expect(response.status).toBe(200);
  return (await response.json()) as List;
}

/** Runs events about these members through the whole corridor; the first try of the first one fails. */
async function run(...members: readonly string[]): Promise<void> {
  const { corridor } = site;
  corridor.destination.next(() => UNAVAILABLE);
  for (const [n, member] of members.entries()) {
    await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: `m-${n}`, member });
    await corridor.route();
    await corridor.deliver();
    await corridor.clock.advance(1_000);
  }
}

describe('health', () => {
  it.each(['/healthz', '/livez'])('%s says that the process lives, to anybody', async (path) => {
    const response = await fetch(site.url + path);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it('/readyz says whether it can take webhooks, and why not', async () => {
    const ready = await fetch(`${site.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', configurationValid: true }]);
    const draining = await openSite({
      app: { unreadiness: async () => 'draining', isConfigurationValid: () => false },
    });
    const not = await fetch(`${draining.url}/readyz`);
    expect([not.status, await not.json()]).toEqual([
      503,
      { status: 'not ready', why: 'draining', configurationValid: false },
    ]);
  });

  it('/version names the version', async () => {
    expect(await (await fetch(`${site.url}/version`)).json()).toEqual({ name: 'pointsman', version: '1.2.3' });
  });
});

describe('the door to the API', () => {
  it.each([
    ['nothing', {}],
    ['a wrong token', { authorization: 'Bearer wrong' }],
    ['the token under another scheme', { authorization: `Basic ${TOKEN}` }],
    ['the token and more', { authorization: `Bearer ${TOKEN}x` }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('is closed to whoever shows %s', async (_what, headers) => {
    for (const path of ['/api/v1/deliveries', '/api/v1/nothing', '/api']) {
      const response = await site.get(path, { headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await problemIn(response)).toMatchObject({ code: 'API_UNAUTHORIZED' });
    }
  });

  it('is closed to everybody when no tokens are configured', async () => {
    site = await openSite({ app: { tokens: [] } });
    const response = await site.get('/api/v1/deliveries');
    expect(response.status).toBe(401);
    expect(await problemIn(response)).toMatchObject({ detail: 'No api.tokens are configured' });
  });
});

describe('a problem', () => {
  it('tells everything that the catalogue knows about it', async () => {
    const response = await site.get('/api/v1/nowhere');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await problemIn(response)).toEqual({
      type: 'urn:pointsman:API_NOT_FOUND',
      title: 'Api not found',
      status: 404,
      detail: 'Nothing answers GET /api/v1/nowhere',
      code: 'API_NOT_FOUND',
      remedy: ERRORS.API_NOT_FOUND.remedy,
    });
    expect(site.corridor.log.lines).toEqual([]);
  });

  it.each([
    '/',
    '/nothing',
    '/api/v1/deliveries/dlv_1',
    '/api/v1/deliveries/evt_1',
    '/api/v1/deliveries/x',
    '/api/v1/events/evt_1',
    '/api/v1/mappings/none',
    '/api/v1/deliveries/%E0%A4%A',
  ])('is a 404 at %s', async (path) => {
    const response = await site.get(path);
    expect(response.status).toBe(404);
    expect(await problemIn(response)).toMatchObject({ code: 'API_NOT_FOUND' });
  });

  it('that is a bug is a 500 without detail, and a stack in the log', async () => {
    site.corridor.store.deliveries = () => Promise.reject(new TypeError('secret detail'));
    site = await openSite({ app: { reads: site.corridor.store } });
    const response = await site.get('/api/v1/deliveries');
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(body).toContain('API_INTERNAL');
    expect(body).not.toContain('secret');
    expect(site.corridor.log.lines).toMatchObject([{ level: 'error', fields: { stage: 'api' } }]);
    expect(site.corridor.log.lines[0]?.fields['err']).toContain('secret detail');
  });

  it('of the store says so, and is an ERROR in the log', async () => {
    site.corridor.store.stats = () => Promise.reject(new PointsmanError('STORE_FAILED', 'Cannot use the database'));
    const response = await site.get('/api/v1/stats');
    expect(response.status).toBe(503);
    expect(await problemIn(response)).toMatchObject({ code: 'STORE_FAILED' });
    expect(site.corridor.log.messages('error')).toEqual(['the API failed']);
  });
});

describe('the list of deliveries', () => {
  it('shows each as the contract says, newest first', async () => {
    await run('ann', 'bob');
    const { items, next } = await list('/api/v1/deliveries');
    expect(next).toBeNull();
    expect(items.map(({ id }) => id)).toEqual(['dlv_00000000002', 'dlv_00000000001']);
    expect(items[1]).toEqual({
      id: 'dlv_00000000001',
      eventId: 'evt_00000000001',
      event: 'LevelChanged',
      mapping: 'all',
      mappingVersion: 'a'.repeat(12),
      destination: 'bloomreach',
      endpoint: 'event',
      member: 'de/ann',
      status: 'pending',
      reason: null,
      code: 'DELIVERY_UNAVAILABLE',
      attempts: 1,
      part: 0,
      run: 0,
      blockedBy: null,
      createdAt: '2026-02-11T08:30:00.000Z',
      dueAt: '2026-02-11T08:30:05.000Z',
    });
  });

  it('names the delivery that holds another up', async () => {
    await run('ann', 'ann');
    const { items } = await list('/api/v1/deliveries');
    expect(items.map(({ blockedBy }) => blockedBy)).toEqual(['dlv_00000000001', null]);
  });

  it.each([
    ['status=delivered', [2]],
    ['status=dead', []],
    ['mapping=all', [2, 1]],
    ['event=LevelChanged&status=pending', [1]],
    ['member=ann', [1]],
    ['member=de/bob', [2]],
    ['destination=bloomreach&endpoint=event', [2, 1]],
    ['destination=elsewhere', []],
    ['code=DELIVERY_UNAVAILABLE', [1]],
    ['since=2026-02-11T08:30:01Z', [2]],
    ['until=2026-02-11T09:30:01%2B01:00', [1]],
    ['q=m-1', [2]],
    ['q=dlv_00000000001', [1]],
  ])('filters by %s', async (query, ids) => {
    await run('ann', 'bob');
    const { items } = await list(`/api/v1/deliveries?${query}`);
    expect(items.map(({ id }) => id)).toEqual(ids.map((id) => `dlv_0000000000${id}`));
  });

  it.each([
    ['stats=dead', 'There is no filter "stats"; did you mean status?'],
    ['colour=red', 'There is no filter "colour"; known: status, mapping,'],
    ['__proto__=x', 'There is no filter "__proto__"'],
    ['status=gone', 'status is "gone"; it takes waiting, pending,'],
    ['code=DELIVERY_REJECTD', 'did you mean DELIVERY_REJECTED?'],
    ['code=toString', 'code is "toString"'],
    ['since=yesterday', 'since is "yesterday"; it takes a time such as'],
    ['until=', 'until is ""'],
    ['status=dead&status=pending', 'status is given more than once'],
    ['limit=0', 'limit is 0; it takes a whole number from 1 to 200'],
    ['limit=201', 'limit is 201'],
    ['limit=1.5', 'limit is 1.5'],
    ['limit=x', 'limit is x'],
    ['cursor=x', 'cursor is not one that a list gave'],
    [`cursor=${Buffer.from('-5.abc').toString('base64url')}`, 'cursor is not one that a list gave'],
  ])('refuses %s and says why', async (query, detail) => {
    const response = await site.get(`/api/v1/deliveries?${query}`);
    expect(response.status).toBe(400);
    const expected = { code: 'API_BAD_FILTER', detail: expect.stringContaining(detail) };
    expect(await problemIn(response)).toMatchObject(expected);
  });

  it('answers a huge filter at once', async () => {
    const response = await site.get(`/api/v1/deliveries?code=${'X'.repeat(10_000)}`);
    expect(response.status).toBe(400);
  });
});

describe('causes of death', () => {
  /** Two deliveries of Ann and one of Bob, all refused. */
  async function refused(): Promise<void> {
    const { corridor } = site;
    for (const [n, member] of ['ann', 'ann', 'bob'].entries()) {
      corridor.destination.next(() => REJECTED);
      await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: `m-${n}`, member });
      await corridor.route();
      await corridor.deliver();
      await corridor.clock.advance(1_000);
    }
  }

  it('are counted, with a remedy and the newest of each', async () => {
    await refused();
    expect(await list('/api/v1/deliveries/causes?status=dead')).toEqual({
      items: [
        {
          code: 'DELIVERY_REJECTED',
          mapping: 'all',
          destination: 'bloomreach',
          endpoint: 'event',
          count: 3,
          oldest: '2026-02-11T08:30:00.000Z',
          newest: '2026-02-11T08:30:02.000Z',
          example: 'dlv_00000000003',
          detail: 'success: false',
          remedy: ERRORS.DELIVERY_REJECTED.remedy,
        },
      ],
      next: null,
    });
  });

  it.each([
    ['member=ann', [2]],
    ['mapping=none', []],
    ['since=2026-02-11T08:30:01Z', [2]],
  ])('are those of deliveries with %s', async (query, counts) => {
    await refused();
    const { items } = await list(`/api/v1/deliveries/causes?${query}`);
    expect(items.map(({ count }) => count)).toEqual(counts);
  });

  it.each([
    ['status=pending', 'status is "pending"; only dead deliveries have a cause'],
    ['limit=5', 'There is no filter "limit"'],
  ])('refuse %s and say why', async (query, detail) => {
    const response = await site.get(`/api/v1/deliveries/causes?${query}`);
    expect(await problemIn(response)).toMatchObject({ status: 400, detail: expect.stringContaining(detail) });
  });
});

describe('a pause', () => {
  it.each([
    [null, ['destination paused', 'destination paused']],
    ['event', ['endpoint paused', 'endpoint paused']],
    ['customer', ['dlv_00000000001', null]],
  ])('of the endpoint %s shows at what it holds', async (endpoint, blockedBy) => {
    await run('ann', 'ann');
    const pause = { destination: 'bloomreach', endpoint, cause: 'by_hand', detail: 'maintenance', sinceMs: 0 } as const;
    await site.corridor.store.pause(pause);
    const { items } = await list('/api/v1/deliveries');
    expect(items.map((item) => item['blockedBy'])).toEqual(blockedBy);
    await site.corridor.store.resume(pause, null, 1);
    const after = await list('/api/v1/deliveries');
    expect(after.items.map((item) => item['blockedBy'])).toEqual(['dlv_00000000001', null]);
  });
});

describe('paging', () => {
  it('shows every row once, newest first, also while new ones arrive', async () => {
    await run('ann', 'bob', 'cid', 'dan', 'eve');
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: List = await list(`/api/v1/deliveries?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }) => Number(String(id).slice(-1))));
      cursor = page.next;
      await site.corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: `new-${seen.length}` });
      await site.corridor.route();
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('refuses a cursor with other filters, and takes it with the same in another order', async () => {
    await run('ann', 'bob', 'cid');
    const { next } = await list('/api/v1/deliveries?mapping=all&event=LevelChanged&limit=1');
    const other = await site.get(`/api/v1/deliveries?mapping=all&cursor=${next}`);
    expect(other.status).toBe(400);
    expect(await problemIn(other)).toMatchObject({ code: 'API_CURSOR_MISMATCH' });
    const same = await list(`/api/v1/deliveries?cursor=${next}&event=LevelChanged&mapping=all&limit=200`);
    expect(same.items).toHaveLength(2);
  });

  it('holds for events, too', async () => {
    await run('ann', 'bob', 'cid');
    const { items, next } = await list('/api/v1/events?status=routed&limit=2');
    expect(items.map(({ member }) => member)).toEqual(['de/cid', 'de/bob']);
    const rest = await list(`/api/v1/events?status=routed&cursor=${next}`);
    expect(rest).toMatchObject({ items: [{ member: 'de/ann' }], next: null });
  });
});

describe('one delivery', () => {
  it('comes with its event, its request, its mapping and every attempt', async () => {
    const mapping = { id: 'all', version: 'a'.repeat(64), text: 'event: "*"\n', file: 'all.yaml' };
    await site.corridor.store.rememberMappings([mapping as never], 0);
    await run('ann');
    const response = await site.get('/api/v1/deliveries/dlv_1');
    expect(await response.json()).toMatchObject({
      id: 'dlv_00000000001',
      request: { eventName: 'LevelChanged', member: 'ann' },
      mappingFile: 'all.yaml',
      mappingText: 'event: "*"\n',
      sourceEvent: {
        id: 'evt_00000000001',
        source: 'loyalty',
        storeCode: 'de',
        event: 'LevelChanged',
        messageId: 'm-0',
        receivedAt: '2026-02-11T08:30:00.000Z',
        body: { member: 'ann' },
      },
      attemptLog: [
        {
          id: 'att_00000000001',
          startedAt: '2026-02-11T08:30:00.000Z',
          claim: 1,
          verdict: 'transient',
          code: 'DELIVERY_UNAVAILABLE',
          httpStatus: 503,
          detail: 'HTTP 503',
          response: 'down',
        },
      ],
    });
  });
});

describe('events', () => {
  it('are listed with their status, and shown with their body and deliveries', async () => {
    await run('ann');
    const { items } = await list('/api/v1/events');
    expect(items).toEqual([
      {
        id: 'evt_00000000001',
        event: 'LevelChanged',
        source: 'loyalty',
        storeCode: 'de',
        messageId: 'm-0',
        member: 'de/ann',
        status: 'routed',
        code: null,
        duplicates: 0,
        createdAt: '2026-02-11T08:30:00.000Z',
        receivedAt: '2026-02-11T08:30:00.000Z',
      },
    ]);
    const one = await (await site.get('/api/v1/events/evt_00000000001')).json();
    expect(one).toMatchObject({ ...items[0], body: { member: 'ann' }, deliveries: [{ id: 'dlv_00000000001' }] });
  });

  it('nested too deep are shown as text', async () => {
    const body = `{"eventName":"Deep","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    await site.corridor.receive(body);
    const response = await site.get('/api/v1/events/evt_1');
    expect(await response.json()).toMatchObject({ status: 'failed', code: 'SOURCE_TOO_DEEP', body });
  });

  it.each([
    ['statuss=routed', 'did you mean status?'],
    ['status=pending', 'it takes accepted, routed, unmatched, failed'],
    ['mapping=all', 'There is no filter "mapping"'],
  ])('refuse %s and say why', async (query, detail) => {
    const response = await site.get(`/api/v1/events?${query}`);
    expect(await problemIn(response)).toMatchObject({ status: 400, detail: expect.stringContaining(detail) });
  });

  it('that nothing took are counted by name', async () => {
    await site.corridor.receive({ messageId: 'm-1' });
    await site.corridor.receive({ messageId: 'm-2' });
    await site.corridor.route();
    const { items } = await list('/api/v1/events/unmatched');
    expect(items).toMatchObject([{ event: '(none)', source: 'loyalty', count: 2 }]);
  });
});

describe('the rest of the log', () => {
  it('is the mappings in force', async () => {
    const all = { id: 'all', file: 'all.yaml', version: 'a'.repeat(12), to: 'bloomreach.event', mode: 'live' };
    expect(await list('/api/v1/mappings')).toMatchObject({ items: [all], next: null });
    const one = await (await site.get('/api/v1/mappings/all')).json();
    expect(one).toMatchObject({ ...all, text: 'event: "*"\n' });
  });

  it('is the destinations and their endpoints', async () => {
    expect((await list('/api/v1/destinations')).items).toMatchObject([{ id: 'bloomreach', endpoints: ['event'] }]);
  });

  it('is the loads of the mappings', async () => {
    const version = '0123456789abcdef';
    const run = { trigger: 'file', config: null, mappings: 1, tests: 2, valid: true } as const;
    const file = {
      file: 'all.yaml',
      outcome: 'accepted',
      before: [],
      after: [{ id: 'all', version }],
      lints: [],
    } as const;
    const detail: ReceiptDetail = { ...run, files: [file] };
    const receipt = { atMs: 0, outcome: 'accepted', durationMs: 12, detail: JSON.stringify(detail) } as const;
    await site.corridor.store.recordLoad([], receipt);
    const files = [{ ...file, after: [{ id: 'all', version: '0123456789ab' }] }];
    const shown = { id: 1, at: '1970-01-01T00:00:00.000Z', outcome: 'accepted', durationMs: 12, ...run, files };
    expect((await list('/api/v1/reloads')).items).toEqual([shown]);
  });

  it('is the totals', async () => {
    await run('ann', 'bob');
    const stats = await (await site.get('/api/v1/stats')).json();
    expect(stats).toMatchObject({
      configurationValid: true,
      received: 2,
      deliveries: { delivered: 1, pending: 1 },
      attempts: { transient: 1 },
    });
  });
});
