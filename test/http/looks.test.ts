import { afterEach, describe, expect, it } from 'vitest';
import { PointsmanError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Lint } from '../../src/core/lint.ts';
import { ruleSetOf } from '../../src/core/rule-set.ts';
import type { DiffOrder, PreviewOrder } from '../../src/http/look-orders.ts';
import type { Looks } from '../../src/http/look-routes.ts';
import { NOON_MS } from '../support/manual-clock.ts';
import { aMapping, anEvent } from '../support/samples.ts';
import { closeSites, openSite, TOKEN } from './site.ts';

afterEach(closeSites);

const NOTHING = { events: 0, same: 0, changed: 0, newlySent: 0, newlySkipped: 0, nowFailing: 0 };
const LINT: Lint = {
  ...{ file: 'a.yaml', line: 1, column: 8, message: 'No event', remedy: 'Use one.' },
  severity: 'error',
  code: 'MAPPING_UNKNOWN_EVENT',
};

interface Asked {
  readonly previews: PreviewOrder[];
  readonly diffs: DiffOrder[];
}

/** A site whose looks keep what they are asked; its token may edit unless told otherwise. */
async function open(looks: Partial<Looks> = {}, role: 'viewer' | 'editor' = 'editor') {
  const asked: Asked = { previews: [], diffs: [] };
  const site = await openSite({
    app: {
      tokens: [{ name: 'desk', role, token: TOKEN }],
      ruleSet: () => ruleSetOf([aMapping({ id: 'tier', file: 'tier.yaml', text: 'event: A\n' })]),
      looks: {
        explain: async () => ({
          formulas: [{ path: 'when', formula: 'a', value: undefined, inline: true }],
          remark: 'why',
        }),
        preview: async (order) => {
          asked.previews.push(order);
          return { ok: true, found: [{ mapping: 'tier' }] };
        },
        diff: async (order) => {
          asked.diffs.push(order);
          const event = anEvent({ id: 7 });
          const side = { standing: 'sent', why: null } as const;
          const fields = [{ path: 'a', before: 1, after: undefined }];
          const change = {
            kind: 'changed',
            event,
            mapping: 'tier',
            part: 0,
            before: side,
            after: side,
            fields,
          } as const;
          return { ok: true, found: { summary: NOTHING, changes: [change] } };
        },
        ...looks,
      },
    },
  });
  const post = async (path: string, body: unknown) => {
    const response = await site.get(`/api/v1${path}`, {
      ...{ method: 'POST', headers: { authorization: `Bearer ${TOKEN}` } },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as JsonObject };
  };
  return { site, asked, post };
}

describe('POST /preview', () => {
  it('looks at a text, or at a live mapping, over one event', async () => {
    const { asked, post } = await open();
    expect(await post('/preview', { text: 'x', event: { a: 1 } })).toEqual({
      status: 200,
      body: { items: [{ mapping: 'tier' }] },
    });
    await post('/preview', { mapping: 'tier', deliveryId: 'dlv_1' });
    await post('/preview', { text: 'x', file: 'b.yaml', eventId: 'evt_1' });
    await post('/preview', { mapping: 'tier', last: 3 });
    expect(asked.previews).toEqual([
      { edited: { file: 'edited.yaml', text: 'x' }, subject: { body: '{"a":1}' } },
      { edited: { file: 'tier.yaml', text: 'event: A\n' }, subject: { delivery: 'dlv_1' } },
      { edited: { file: 'b.yaml', text: 'x' }, subject: { eventId: 'evt_1' } },
      { edited: { file: 'tier.yaml', text: 'event: A\n' }, subject: { last: 3 } },
    ]);
  });

  it('answers the findings of a text that has errors', async () => {
    const { post } = await open({ preview: async () => ({ ok: false, lints: [LINT] }) });
    expect(await post('/preview', { text: 'x', last: 1 })).toMatchObject({
      status: 422,
      body: { status: 422, code: 'MAPPING_UNKNOWN_EVENT', lints: [LINT] },
    });
  });

  it.each([
    [{ mapping: 'nothing', last: 1 }, 404, 'API_NOT_FOUND'],
    [{ text: 'x' }, 400, 'API_BAD_REQUEST'],
    [{ text: 'x', last: 1, eventId: 'evt_1' }, 400, 'API_BAD_REQUEST'],
    [{ text: 'x', mapping: 'tier', last: 1 }, 400, 'API_BAD_REQUEST'],
    [{ text: 'x', last: 0 }, 400, 'API_BAD_REQUEST'],
    [{ text: 'x', event: 'y' }, 400, 'API_BAD_REQUEST'],
    [{ text: 'x', eventID: 'y' }, 400, 'API_BAD_REQUEST'],
    [['x'], 400, 'API_BAD_REQUEST'],
    ['{', 400, 'API_BAD_REQUEST'],
  ])('refuses %j', async (body, status, code) => {
    const { post } = await open();
    expect(await post('/preview', body)).toMatchObject({ status, body: { code } });
  });

  it('is for who may edit', async () => {
    const { post } = await open({}, 'viewer');
    expect(await post('/preview', { text: 'x', last: 1 })).toMatchObject({ status: 403 });
    expect(await post('/diff', {})).toMatchObject({ status: 403, body: { code: 'API_FORBIDDEN' } });
  });

  it('says when too many ask at once', async () => {
    const { post } = await open({ preview: async () => Promise.reject(new PointsmanError('API_BUSY', 'full')) });
    expect(await post('/preview', { text: 'x', last: 1 })).toMatchObject({ status: 503, body: { code: 'API_BUSY' } });
  });
});

describe('POST /diff', () => {
  it('compares the folder, or files as they are being edited', async () => {
    const { asked, post } = await open();
    expect(await post('/diff', {})).toEqual({
      status: 200,
      body: {
        summary: NOTHING,
        changes: [
          {
            ...{
              kind: 'changed',
              eventId: 'evt_00000000007',
              event: 'LevelChanged',
              member: 'de/ann',
              mapping: 'tier',
            },
            ...{ part: 0, before: { standing: 'sent', why: null }, after: { standing: 'sent', why: null } },
            fields: [{ path: 'a', before: 1 }],
          },
        ],
      },
    });
    const files = [{ file: 'a.yaml', text: 'event: A' }];
    await post('/diff', { files, last: 50, since: '1h', samples: 3 });
    expect(asked.diffs).toEqual([
      { edited: null, last: 500, sinceMs: null, samples: 10 },
      { edited: files, last: 50, sinceMs: NOON_MS - 3_600_000, samples: 3 },
    ]);
  });

  it.each([
    { files: [] },
    { files: [{ file: 'a.yaml' }] },
    { last: 10_001 },
    { since: 'yesterday' },
    { samples: -1 },
    { sample: 1 },
  ])('refuses %j', async (body) => {
    const { post } = await open();
    expect(await post('/diff', body)).toMatchObject({ status: 400, body: { code: 'API_BAD_REQUEST' } });
  });
});

it('GET /deliveries/{id} shows what each formula yielded, and what keeps it from being so', async () => {
  const { site } = await open();
  await site.corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: 'm-1', member: 'ann' });
  await site.corridor.route();
  const { id } = await site.corridor.newest();
  const shown = await (await site.get(`/api/v1/deliveries/dlv_${id}`)).json();
  expect(shown).toMatchObject({ formulas: [{ path: 'when', formula: 'a', value: null }], formulasRemark: 'why' });
});
