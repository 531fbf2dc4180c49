import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/system.ts';
import { type Running, type RunningOptions, startRunning } from './running.ts';

const BREAKER = '    breaker: { failures: 3, probe: 300ms }\n';
const MAPPING = `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: =data.level.name
  properties: { event_id: "=$eventId()" }
`;
const CUSTOMER = `order: none
event: CustomerLevelChanged
to: bloomreach.customer
transform:
  customer_ids: { registered: "=data.customer.email" }
  properties: { tier: "=data.level.name" }
`;

let running: Running;
afterEach(() => running.stop());

async function open(options: RunningOptions = {}): Promise<void> {
  running = await startRunning({ destination: BREAKER, mappings: { 'tier.yaml': MAPPING }, ...options });
}

function send(id: string, type = 'gold') {
  return running.send({
    messageId: id,
    eventName: 'CustomerLevelChanged',
    storeCode: 'DEFAULT',
    createdAt: '2026-02-11T09:30:00+01:00',
    data: { customer: { email: `${id}@example.com` }, level: { name: type, levelMoveUp: true } },
  });
}

/** Sends many at once; those whose place is in `poisoned` carry another event type. */
async function sendMany(count: number, poisoned: readonly number[] = []): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) => send(`m-${n}`, poisoned.includes(n) ? 'poison' : 'gold')),
  );
  expect(answers.every(({ status }) => status === 202)).toBe(true);
}

async function destination(id = 'bloomreach'): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await running.api('/api/v1/destinations');
  return (body['items'] as Readonly<Record<string, unknown>>[]).find((one) => one['id'] === id) ?? {};
}

async function counts(): Promise<Readonly<Record<string, number>>> {
  return (await running.server.reads.stats(0)).deliveries;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 20) {
    if (await what()) return;
    await systemClock.sleep(20);
  }
  throw new Error('it did not come about in 15 s');
}

/** Every customer has the events that were sent, each once. */
function expectOnce(count: number, except: readonly number[] = []): void {
  for (let n = 0; n < count; n++) {
    const customer = running.sandbox.state.customer({ registered: `m-${n}@example.com` });
    expect(customer?.events.length ?? 0, `m-${n}`).toBe(except.includes(n) ? 0 : 1);
  }
}

async function attemptsOf(id: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { body } = await running.api(`/api/v1/deliveries?q=${id}`);
  const [first] = body['items'] as { id: string }[];
  const detail = await running.api(`/api/v1/deliveries/${first?.id}`);
  return (detail.body['attemptLog'] ?? detail.body['attempts']) as readonly Readonly<Record<string, unknown>>[];
}

describe('batches', () => {
  it('share calls, and deliver each event once', async () => {
    await open();
    await sendMany(200);
    await running.settled();
    expect(await counts()).toMatchObject({ delivered: 200, dead: 0 });
    const journal = running.sandbox.state.journal();
    expect(journal.some(({ route }) => route === 'batch')).toBe(true);
    expect(new Set(journal.map(({ body }) => body)).size).toBeLessThan(150);
    expectOnce(200);
  });

  it('with one poisoned command deliver all the others at once', async () => {
    await open();
    running.sandbox.faults.add({
      kind: 'refuse',
      message: 'Not authorized to add event',
      match: { eventType: 'poison' },
    });
    await sendMany(100, [42]);
    await running.settled();
    expect(await counts()).toMatchObject({ delivered: 99, dead: 1 });
    expectOnce(100, [42]);
  });

  it('that one command spoils as a whole travel in halves, then alone: only that one is dead', async () => {
    await open();
    running.sandbox.faults.add({ kind: 'status', status: 400, match: { eventType: 'poison' } });
    await sendMany(100, [7, 77]);
    await running.settled();
    expect(await counts()).toMatchObject({ delivered: 98, dead: 2 });
    expectOnce(100, [7, 77]);
  });

  it.each(['reversed', 'missing', 'without-ids'] as const)(
    'whose results are %s deliver each event once',
    async (change) => {
      await open();
      running.sandbox.faults.add({ kind: 'results', change, count: 3 });
      await sendMany(100);
      await running.settled();
      expect(await counts()).toMatchObject({ delivered: 100 });
      expectOnce(100);
    },
  );
});

describe('a destination in trouble', () => {
  it('that limits us is called less often, and gets everything in the end', async () => {
    await open({ destination: `${BREAKER}    rateLimit: 100/s\n` });
    running.sandbox.faults.add({ kind: 'status', status: 429, count: 3 });
    await sendMany(60);
    await until(async () => Number((await destination())['ratePerSecond']) < 100);
    await running.settled();
    expect(await counts()).toMatchObject({ delivered: 60, dead: 0 });
    expectOnce(60);
  });

  it('that asks to wait is left alone for so long', async () => {
    await open();
    running.sandbox.faults.add({ kind: 'status', status: 503, retryAfter: 1, count: 1 });
    const begun = systemClock.now();
    await send('m-0');
    await until(async () => (await destination())['heldUntil'] !== null);
    await send('m-1');
    await running.settled();
    expect(systemClock.now() - begun).toBeGreaterThanOrEqual(1_000);
    expect(running.sandbox.state.journal()).toHaveLength(3);
  });

  it('opens the breaker: no attempts are burnt while it is down, and all arrives when it is back', async () => {
    await open();
    running.sandbox.faults.add({ kind: 'outage', forMs: 2_000 });
    for (let n = 0; n < 12; n++) {
      await send(`m-${n}`);
      await systemClock.sleep(30);
    }
    await until(async () => (await destination())['state'] === 'open');
    expect((await running.send({ nothing: true })).status).toBe(202);
    await running.settled();
    expect(await counts()).toMatchObject({ delivered: 12, dead: 0 });
    expect(await destination()).toMatchObject({ state: 'ok', breaker: 'closed', reason: null });
    const changes = running.lines.filter(({ msg }) => String(msg).startsWith('the breaker'));
    expect(changes).toHaveLength(2);
  });

  it('slows no other one down', async () => {
    await open({
      destination: `${BREAKER}  dead:
    type: bloomreach
    baseUrl: http://127.0.0.1:9
    projectToken: a
    apiKeyId: b
    apiSecret: c-secret-of-the-dead
`,
      mappings: { 'tier.yaml': MAPPING, 'dead.yaml': MAPPING.replace('bloomreach.event', 'dead.event') },
    });
    await sendMany(200);
    await until(async () => ((await counts())['delivered'] ?? 0) === 200);
    expectOnce(200);
    expect(await counts()).toMatchObject({ delivered: 200, pending: 200 });
  });
});

describe('refused credentials', () => {
  it('pause the destination until a probe is taken', async () => {
    await open();
    running.sandbox.faults.add({ kind: 'status', status: 401 });
    await sendMany(30);
    await until(async () => (await destination())['state'] === 'paused');
    await systemClock.sleep(700);
    expect(await destination()).toMatchObject({ state: 'paused', pauses: [{ endpoint: null, cause: 'unauthorized' }] });
    running.sandbox.faults.clear();
    await running.settled();
    expect(await counts()).toMatchObject({ delivered: 30, dead: 0 });
    expect(await destination()).toMatchObject({ state: 'ok', pauses: [] });
    expectOnce(30);
  });

  it('of one endpoint leave the others flowing', async () => {
    await open({ mappings: { 'tier.yaml': MAPPING, 'customer.yaml': CUSTOMER } });
    const body = { errors: ['no permission'], success: false };
    running.sandbox.faults.add({ kind: 'status', status: 403, body, match: { path: '/customers' } });
    await send('m-0');
    await until(
      async () =>
        (await destination())['pauses'] !== undefined && JSON.stringify(await destination()).includes('"customer"'),
    );
    await sendMany(20);
    await until(async () => ((await counts())['delivered'] ?? 0) >= 20);
    running.sandbox.faults.clear();
    await running.settled();
    expect(await counts()).toMatchObject({ dead: 0, pending: 0 });
    expect(await destination()).toMatchObject({ pauses: [] });
  });
});

describe('a person', () => {
  it('pauses a destination over a restart', async () => {
    await open();
    await act('destinations/bloomreach/pause');
    await sendMany(10);
    await running.restart();
    await systemClock.sleep(500);
    expect(await destination()).toMatchObject({ state: 'paused', reason: 'Paused by e2e' });
    expect(await counts()).toMatchObject({ pending: 10 });
    await act('destinations/bloomreach/resume');
    await running.settled();
    expectOnce(10);
  });

  it('decides on what is held because nobody knows whether it arrived', async () => {
    await open({ mappings: { 'tier.yaml': `onAmbiguous: hold\n${MAPPING}` } });
    running.sandbox.faults.add({ kind: 'reset-after', count: 1 });
    await send('m-0');
    await running.settled();
    expect((await attemptsOf('m-0')).map(({ verdict }) => verdict)).toEqual(['ambiguous']);
    const { body } = await running.api('/api/v1/deliveries?code=DELIVERY_HELD');
    const [held] = body['items'] as { id: string }[];
    await act(`deliveries/${held?.id}/release`);
    await until(async () => (await counts())['delivered'] === 1);
    expectOnce(1);
  });
});

it('a shutdown in the middle of a batch loses nothing and repeats nothing', async () => {
  await open();
  running.sandbox.faults.add({ kind: 'latency', ms: 400 });
  await sendMany(300);
  await running.restart();
  running.sandbox.faults.clear();
  await running.settled();
  expect(await counts()).toMatchObject({ delivered: 300 });
  expectOnce(300);
  const stored = running.sandbox.state.journal().filter(({ outcome }) => outcome === 'stored');
  expect(stored).toHaveLength(300);
});

function act(path: string): Promise<unknown> {
  return fetch(`${running.server.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer e2e-api-token-0123456789' },
  });
}
