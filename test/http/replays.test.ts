import { afterEach, describe, expect, it } from 'vitest';
import { closeSites, openSite, type Site, TOKEN } from './site.ts';

afterEach(closeSites);

const ADMIN = 'an-admin-token-of-the-api';

async function site(): Promise<Site> {
  const tokens = [
    { name: 'ops', role: 'viewer', token: TOKEN },
    { name: 'boss', role: 'admin', token: ADMIN },
  ] as const;
  return openSite({ app: { tokens } });
}

async function order(at: Site, path: string, body: unknown, token = ADMIN) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${at.url}/api/v1${path}`, { method: 'POST', headers, body: text });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function withUnmatched(at: Site): Promise<void> {
  at.corridor.useMappings();
  await at.post(JSON.stringify({ messageId: 'm-1', eventName: 'LevelChanged', member: 'ann' }));
  await at.corridor.route();
}

const BACKFILL = { as: 'reprocess', filter: { status: 'unmatched', event: 'LevelChanged' } };

describe('POST /api/v1/replays', () => {
  it('shows first, then stores, and says how far it got', async () => {
    const at = await site();
    await withUnmatched(at);
    const look = await order(at, '/replays', { ...BACKFILL, dryRun: true });
    expect(look).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        as: 'reprocess',
        of: 'events',
        total: 1,
        lookedAt: 1,
        outcome: { newlySent: 1 },
        warnings: [],
      },
    });
    expect(look.body['samples']).toMatchObject([{ eventId: 'evt_00000000001', kind: 'newlySent', mapping: 'all' }]);
    const started = await order(at, '/replays', { ...BACKFILL, rate: '600/m' });
    const replay = {
      ...{ id: 'rpl_00000000001', status: 'running', as: 'reprocess', of: 'events', ids: null, mapping: null },
      ...{ filter: BACKFILL.filter, ratePerSecond: 10, total: 1, looked: 0, replayed: 0 },
    };
    expect(started).toMatchObject({ status: 200, body: replay });
    const shown = await at.get('/api/v1/replays/rpl_00000000001');
    expect(await shown.json()).toMatchObject(replay);
    expect(await (await at.get('/api/v1/replays')).json()).toMatchObject({ items: [replay], next: null });
    expect(await order(at, '/replays/rpl_1/pause', {})).toMatchObject({ status: 200, body: { status: 'paused' } });
    expect(await order(at, '/replays/rpl_1/resume', {})).toMatchObject({ status: 200, body: { status: 'running' } });
    expect(await order(at, '/replays/rpl_1/cancel', {})).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(await order(at, '/replays/rpl_1/resume', {})).toMatchObject({ status: 409, body: { code: 'API_CONFLICT' } });
  });

  it('reads a mapping as the only one to run, over events or over deliveries', async () => {
    const at = await site();
    await withUnmatched(at);
    const events = await order(at, '/replays', {
      as: 'reprocess',
      filter: { mapping: 'all', since: '7d' },
      dryRun: true,
    });
    expect(events.body).toMatchObject({
      of: 'events',
      mapping: 'all',
      total: 1,
      filter: { since: expect.any(String) },
    });
    const deliveries = await order(at, '/replays', {
      as: 'reprocess',
      filter: { mapping: 'all', status: 'dead' },
      dryRun: true,
    });
    expect(deliveries.body).toMatchObject({ of: 'deliveries', mapping: 'all', total: 0, filter: { mapping: 'all' } });
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'API_BAD_REQUEST'],
    ['no object', '[]', 'API_BAD_REQUEST'],
    ['no mode', { filter: { status: 'dead' } }, 'as is missing'],
    ['another mode', { as: 'resend', filter: { status: 'dead' } }, 'as is "resend"'],
    ['an unknown field', { ...BACKFILL, dryrun: true }, 'did you mean dryRun?'],
    ['a dry run that is neither', { ...BACKFILL, dryRun: 'yes' }, 'dryRun is neither'],
    ['neither ids nor filter', { as: 'redeliver' }, 'either ids or filter'],
    ['both', { as: 'redeliver', ids: ['dlv_1'], filter: {} }, 'either ids or filter'],
    ['no ids', { as: 'redeliver', ids: [] }, 'ids is empty'],
    ['ids that are none', { as: 'redeliver', ids: [1] }, 'is no dlv_… id'],
    ['ids of two kinds', { as: 'reprocess', ids: ['evt_1', 'dlv_1'] }, 'is no evt_… id'],
    ['events to redeliver', { as: 'redeliver', ids: ['evt_1'] }, 'Events are reprocessed'],
    ['an empty filter', { as: 'redeliver', filter: {} }, 'status: dead'],
    ['an unknown filter', { as: 'redeliver', filter: { maping: 'a' } }, 'did you mean mapping?'],
    ['a filter of events', { as: 'redeliver', filter: { source: 'a' } }, 'API_BAD_FILTER'],
    ['a filter that is no text', { as: 'redeliver', filter: { mapping: 1 } }, 'mapping is not a text'],
    ['a time that is none', { as: 'redeliver', filter: { since: 'soon' } }, 'since is "soon"'],
    ['an open status', { as: 'redeliver', filter: { status: 'pending' } }, 'go on by themselves'],
    ['an unknown status', { as: 'redeliver', filter: { status: 'lost' } }, 'status is "lost"'],
    ['a mapping that is not there', { as: 'reprocess', filter: { mapping: 'never' } }, 'There is no mapping never'],
    ['a bad rate', { ...BACKFILL, rate: 'fast' }, 'rate is "fast"'],
    ['a rate of nothing', { ...BACKFILL, rate: '0/s' }, 'rate is "0/s"'],
    ['nothing to do', { as: 'redeliver', filter: { status: 'dead' } }, 'nothing to replay'],
  ])('refuses %s', async (_name, body, why) => {
    const at = await site();
    const refused = await order(at, '/replays', body);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(`${refused.body['code']} ${refused.body['detail']}`).toContain(why);
  });

  it('wants an admin to order, and lets a viewer look', async () => {
    const at = await site();
    for (const path of ['/replays', '/replays/rpl_1/pause', '/members/forget']) {
      expect(await order(at, path, BACKFILL, TOKEN)).toMatchObject({ status: 403, body: { code: 'API_FORBIDDEN' } });
    }
    expect((await at.get('/api/v1/replays')).status).toBe(200);
    expect((await at.get('/api/v1/replays/rpl_7')).status).toBe(404);
    expect((await at.get('/api/v1/replays/evt_7')).status).toBe(404);
    expect(await order(at, '/replays/rpl_7/pause', {})).toMatchObject({ status: 404 });
  });
});

describe('POST /api/v1/members/forget', () => {
  it('says whom it would be, then erases her', async () => {
    const at = await site();
    await withUnmatched(at);
    const known = await order(at, '/members/forget', { member: 'ann', dryRun: true });
    expect(known).toEqual({ status: 200, body: { member: '/ann', sharedWith: [] } });
    const forgotten = await order(at, '/members/forget', { member: 'ann' });
    expect(forgotten).toMatchObject({ status: 200, body: { member: '/ann', isDone: true, events: 1 } });
    expect(await order(at, '/members/forget', { member: 'ann' })).toMatchObject({ status: 404 });
  });

  it.each([
    ['nobody', {}],
    ['an empty identifier', { member: '' }],
    ['a number', { member: 7 }],
    ['a novel', { member: 'x'.repeat(501) }],
    ['an unknown field', { member: 'ann', force: true }],
    ['a dry run that is neither', { member: 'ann', dryRun: 1 }],
  ])('refuses %s', async (_name, body) => {
    const at = await site();
    expect(await order(at, '/members/forget', body)).toMatchObject({ status: 400, body: { code: 'API_BAD_REQUEST' } });
  });
});
