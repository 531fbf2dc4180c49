import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openWriter } from '../../src/runtime/open-writer.ts';
import { defaultConfig } from '../../src/runtime/workbench.ts';
import type { Writer } from '../../src/runtime/writer.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { acceptRouted, deliveryDraft, eventDraft, NEWEST, routed, T0 } from '../conformance/store/drafts.ts';
import { temporaryFolder } from '../storage/sqlite/temporary.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createSilentLogger } from '../support/silent-logger.ts';

const MAPPING = `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: level
  properties: { event_id: "=$eventId()" }
`;
const BODY = JSON.stringify({
  ...{ messageId: 'm-1', eventName: 'CustomerLevelChanged', storeCode: 'Germany' },
  data: { customer: { customerId: 'ann', email: 'ann@example.com' } },
});

/** A store that a server left behind, and a writer to it: none runs. */
async function opened(): Promise<{ writer: Writer; path: string }> {
  const dir = temporaryFolder();
  const built = defaultConfig(dir);
  const path = join(dir, 'pointsman.db');
  const store = openSqliteStore({ path, nowMs: T0 });
  await store.recordLoad([{ file: 'level.yaml', text: MAPPING }], {
    atMs: T0,
    outcome: 'accepted',
    durationMs: 1,
    detail: '{}',
  });
  await store.accept([eventDraft('m-1', { body: BODY })], []);
  await store.settleRoutes([routed(1, [])], T0, []);
  await acceptRouted(store, 'm-2', [deliveryDraft({ status: 'dead', code: 'DELIVERY_REJECTED' })]);
  await store.close();
  const config = { ...built, store: { ...built.store, path }, server: { ...built.server, port: 1 } };
  const clock = { ...createManualClock(T0 + 1_000), sleep: async () => {} };
  const writer = await openWriter({ config, clock, log: createSilentLogger() });
  onTestFinished(() => writer.close());
  return { writer, path };
}

describe('replays without a server', () => {
  it('are looked at with the last good mappings, and stored for the next server', async () => {
    const { writer, path } = await opened();
    const { replays } = writer;
    expect(replays.isLive).toBe(false);
    const request = { as: 'reprocess', filter: { status: 'unmatched' } };
    const look = await replays.look(request);
    expect(look).toMatchObject({ total: 1, outcome: { newlySent: 1 }, samples: [{ mapping: 'level' }] });
    const started = await replays.start({ ...request, rate: '5/s' });
    expect(started).toMatchObject({ id: 'rpl_00000000001', status: 'running', ratePerSecond: 5 });
    expect(await replays.change(started.id, 'pause')).toMatchObject({ status: 'paused' });
    await writer.close();
    const store = openSqliteStore({ path, nowMs: T0 });
    expect(await store.replay(1)).toMatchObject({ status: 'paused', total: 1, looked: 0 });
    await store.close();
  });

  it('refuse what a server would refuse', async () => {
    const { replays } = (await opened()).writer;
    await expect(replays.start({ as: 'redeliver', filter: {} })).rejects.toMatchObject({ code: 'API_BAD_REQUEST' });
    await expect(replays.change('rpl_9', 'pause')).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
    await expect(replays.change('evt_9', 'pause')).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
  });

  it('need no mapping to redeliver', async () => {
    const { replays } = (await opened()).writer;
    expect(await replays.look({ as: 'redeliver', filter: { status: 'dead' } })).toMatchObject({
      total: 1,
      outcome: null,
    });
  });
});

describe('forgetting without a server', () => {
  it('is done at once', async () => {
    const { writer, path } = await opened();
    expect(await writer.replays.meant('ann')).toEqual({ member: 'Germany/ann', sharedWith: [] });
    expect(await writer.replays.forget('ann')).toMatchObject({ isDone: true, events: 2, deliveries: 1 });
    await writer.close();
    const store = openSqliteStore({ path, nowMs: T0 });
    expect(await store.events({}, NEWEST)).toEqual({ items: [], nextBefore: null });
    await store.close();
  });
});
