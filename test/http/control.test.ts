import { afterEach, describe, expect, it } from 'vitest';
import { PointsmanError } from '../../src/core/errors.ts';
import { turn } from '../support/manual-clock.ts';
import { UNAVAILABLE } from '../support/scripted-destination.ts';
import { closeSites, openSite, problemIn, type Site } from './site.ts';

const ADMIN = 'a-token-of-an-admin';
const EDITOR = 'a-token-of-an-editor';

afterEach(closeSites);

function open(): Promise<Site> {
  return openSite({
    app: {
      tokens: [
        { name: 'ops', role: 'admin', token: ADMIN },
        { name: 'eva', role: 'editor', token: EDITOR },
      ],
    },
  });
}

function act(site: Site, path: string, body?: unknown, token = ADMIN): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${site.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: text }),
  });
}

async function destinations(site: Site): Promise<readonly Record<string, unknown>[]> {
  const answer = await site.get('/api/v1/destinations', { headers: { authorization: `Bearer ${EDITOR}` } });
  return ((await answer.json()) as { items: Record<string, unknown>[] }).items;
}

async function deliveryIn(site: Site, member = 'ann'): Promise<void> {
  await site.corridor.receive({ eventName: 'X', storeCode: 'de', messageId: `m-${member}`, member });
  await site.corridor.route();
}

describe('destinations', () => {
  it('say how they are served', async () => {
    expect(await destinations(await open())).toEqual([
      {
        id: 'bloomreach',
        endpoints: ['event'],
        ...{ state: 'ok', since: null, reason: null, breaker: 'closed', heldUntil: null },
        ...{ callsInFlight: 0, gathered: 0, ratePerSecond: 1_000_000, pauses: [] },
      },
    ]);
  });

  it('are paused and resumed by hand, by whom and why', async () => {
    const site = await open();
    const paused = await act(site, 'destinations/bloomreach/pause', { reason: 'a campaign' });
    const since = '2026-02-11T08:30:00.000Z';
    expect(await paused.json()).toMatchObject({ changed: true, destination: { state: 'paused' } });
    expect(await destinations(site)).toMatchObject([
      {
        state: 'paused',
        since,
        reason: 'Paused by ops: a campaign',
        pauses: [{ endpoint: null, cause: 'by_hand', detail: 'Paused by ops: a campaign', since }],
      },
    ]);
    expect(await (await act(site, 'destinations/bloomreach/pause')).json()).toMatchObject({ changed: false });
    const resumed = await act(site, 'destinations/bloomreach/resume');
    expect(await resumed.json()).toMatchObject({ changed: true, destination: { state: 'ok', pauses: [] } });
    expect(await (await act(site, 'destinations/bloomreach/resume')).json()).toMatchObject({ changed: false });
    expect(site.corridor.hints.settled).toBe(2);
    expect(site.corridor.log.lines.map(({ fields }) => fields['by'])).toEqual(['ops', 'ops']);
  });

  it('have endpoints, which are paused alone', async () => {
    const site = await open();
    await act(site, 'destinations/bloomreach/pause', { endpoint: 'event' });
    expect(await destinations(site)).toMatchObject([{ state: 'ok', pauses: [{ endpoint: 'event' }] }]);
  });

  it.each<[string, string, unknown, number, string]>([
    ['an unknown destination', 'destinations/other/pause', {}, 404, 'There is no destination other'],
    [
      'an unknown endpoint',
      'destinations/bloomreach/pause',
      { endpoint: 'x' },
      404,
      'has no endpoint x; it has: event',
    ],
    ['an unknown key', 'destinations/bloomreach/pause', { cause: 'x' }, 400, 'a key cause'],
    ['a reason that is no text', 'destinations/bloomreach/pause', { reason: 5 }, 400, 'reason is not a text'],
    ['a reason without end', 'destinations/bloomreach/pause', { reason: 'x'.repeat(501) }, 400, 'reason is not a text'],
    ['a list', 'destinations/bloomreach/resume', [], 400, 'not a JSON object'],
    ['no JSON', 'destinations/bloomreach/resume', '{', 400, 'not JSON'],
  ])('refuse %s', async (_what, path, body, status, said) => {
    const answer = await act(await open(), path, body);
    expect([answer.status, await problemIn(answer)]).toMatchObject([status, { detail: expect.stringContaining(said) }]);
  });

  it('can be paused only by an admin', async () => {
    const site = await open();
    for (const path of ['destinations/bloomreach/pause', 'destinations/bloomreach/resume', 'deliveries/dlv_1/skip']) {
      expect((await act(site, path, {}, EDITOR)).status).toBe(403);
    }
    expect(await destinations(site)).toMatchObject([{ pauses: [] }]);
  });

  it('are not paused when the store cannot keep it', async () => {
    const site = await open();
    site.corridor.store.pause = () => Promise.reject(new PointsmanError('STORE_UNWRITABLE', 'disk full'));
    expect((await act(site, 'destinations/bloomreach/pause')).status).toBe(503);
    expect(await destinations(site)).toMatchObject([{ state: 'ok', pauses: [] }]);
  });
});

describe('a delivery', () => {
  it('that is pending is skipped for good, and frees its lane', async () => {
    const site = await open();
    await deliveryIn(site);
    const answer = await act(site, 'deliveries/dlv_00000000001/skip');
    expect([answer.status, await answer.json()]).toEqual([200, { id: 'dlv_00000000001', action: 'skip' }]);
    expect(await site.corridor.newest()).toMatchObject({ status: 'skipped', reason: 'by_hand' });
    const again = await act(site, 'deliveries/dlv_1/skip');
    expect([again.status, await problemIn(again)]).toMatchObject([
      409,
      { code: 'API_CONFLICT', detail: 'dlv_00000000001 is skipped: only a pending one can be skipped' },
    ]);
  });

  it('that waits for its next try is released: it goes at once', async () => {
    const site = await open();
    site.corridor.destination.next(() => UNAVAILABLE);
    await deliveryIn(site);
    await site.corridor.deliver();
    expect(await site.corridor.newest()).toMatchObject({ status: 'pending' });
    expect((await act(site, 'deliveries/dlv_1/release')).status).toBe(200);
    await site.corridor.deliver();
    expect(await site.corridor.newest()).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('that is in flight can be neither skipped nor released', async () => {
    const site = await open();
    const hanging = Promise.withResolvers<null>();
    site.corridor.destination.next(() => hanging.promise);
    await deliveryIn(site);
    await site.corridor.deliverer.step();
    await turn();
    for (const action of ['skip', 'release']) {
      const answer = await act(site, `deliveries/dlv_1/${action}`);
      expect([answer.status, await problemIn(answer)]).toMatchObject([
        409,
        { detail: expect.stringContaining('is being sent just now') },
      ]);
    }
    hanging.resolve(null);
    await site.corridor.deliverer.drained();
  });

  it.each(['dlv_9', 'evt_1', 'x'])('that does not exist is not found: %s', async (id) => {
    const answer = await act(await open(), `deliveries/${id}/release`);
    expect([answer.status, await problemIn(answer)]).toMatchObject([404, { detail: `There is no ${id}` }]);
  });
});
