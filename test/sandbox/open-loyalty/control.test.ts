import { describe, expect, it } from 'vitest';
import { DAY_MS, START_MS, startReceiver, startSandbox } from './support.ts';

describe('the control API', () => {
  it('subscribes to everything, lets things happen, and shows what became of it', async () => {
    const { received, url } = await startReceiver();
    const { control } = await startSandbox({ silentShare: 0 });
    const made = await control('POST subscribe', { url, headers: { 'X-Token': 't' }, hmac: true });
    expect([made.status, made.json.subscriptions.length]).toEqual([201, 56]);
    expect(made.json.subscriptions[0].hmacSecretKey).toMatch(/^whsec_/);
    const burst = await control('POST activity', { count: 30 });
    expect(burst.json.messages).toBe(received.length);
    expect(received[0]?.headers).toMatchObject({ 'x-token': 't', 'x-webhook-signature': expect.any(String) });
    const stats = await control('GET stats');
    expect(stats.json).toMatchObject({
      messages: received.length,
      answered: received.length,
      givenUp: 0,
      nowMs: START_MS,
    });
    const page = await control('GET deliveries?limit=5');
    expect(page.json.deliveries.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect((await control(`GET deliveries?after=${page.json.next}&limit=1`)).json.deliveries[0].seq).toBe(6);
    await control('POST reset');
    expect((await control('GET stats')).json.messages).toBe(0);
  });

  it('puts the clock ahead, with activity on the way', async () => {
    const { control, sandbox } = await startSandbox({ silentShare: 0 });
    const { json } = await control('POST advance', { days: 10, activityPerDay: 5 });
    expect(json).toMatchObject({ nowMs: START_MS + 10 * DAY_MS, scans: 10 });
    expect(json.events).toBeGreaterThan(20);
    expect(sandbox.now()).toBe(START_MS + 10 * DAY_MS);
  });

  it('switches faults and describes the world', async () => {
    const { control, call } = await startSandbox();
    expect((await control('POST faults', { kind: 'status', status: 500, count: 1 })).json).toMatchObject({
      id: 1,
      remaining: 1,
    });
    expect((await call('GET /api/store')).status).toBe(500);
    await control('POST faults', { kind: 'drop' });
    expect((await control('GET faults')).json.faults).toMatchObject([{ kind: 'drop' }]);
    await control('DELETE faults');
    expect((await control('GET faults')).json.faults).toEqual([]);
    const { json } = await control('GET world');
    expect(
      json.tenants.map(({ storeCode, silent }: { storeCode: string; silent: number }) => [storeCode, silent]),
    ).toEqual([
      ['Germany', 5],
      ['Poland', 5],
    ]);
  });

  it.each<[string, object | undefined, string]>([
    ['POST faults', { kind: 'fire' }, 'kind'],
    ['POST faults', { kind: 'slow' }, 'ms'],
    ['POST faults', { kind: 'drop', probabilty: 1 }, 'probabilty'],
    ['POST faults', { kind: 'drop', match: { event: 'x' } }, 'match.event'],
    ['POST faults', { kind: 'status', status: 418 }, 'status'],
    ['POST faults', undefined, 'body'],
    ['POST advance', { days: -1 }, 'days'],
    ['POST activity', { count: 'many' }, 'count'],
    ['POST subscribe', { url: 'nowhere' }, 'url'],
    ['POST subscribe', { url: 'file:///etc/hosts' }, 'url'],
    ['POST subscribe', { url: 'http://127.0.0.1:1', hmac: 'short' }, 'hmac'],
    ['POST subscribe', { url: 'http://127.0.0.1:1', eventNames: [] }, 'eventNames'],
    ['GET deliveries?after=x', undefined, 'after'],
  ])('refuses %s %j and names the field', async (line, body, field) => {
    const { control } = await startSandbox();
    const { status, json } = await control(line, body as never);
    expect([status, json.field]).toEqual([400, field]);
  });

  it('names what there is when asked for something else', async () => {
    const { control } = await startSandbox();
    const { status, json } = await control('GET nothing');
    expect([status, json.error]).toEqual([404, expect.stringContaining('GET faults')]);
  });
});
