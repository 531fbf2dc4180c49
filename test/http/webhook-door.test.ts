import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ERRORS, PointsmanError } from '../../src/core/errors.ts';
import { createFakeSource } from '../support/fake-source.ts';
import { BODY_LIMIT, closeSites, connectRaw, headOf, holdCommits, openSite, problemIn, type Site } from './site.ts';

const EVENT = '{"eventName":"LevelChanged","storeCode":"de","messageId":"m-1","member":"ann"}';

afterEach(closeSites);

/** The events of a site's store, by name. */
async function storedNames({ corridor }: Site): Promise<readonly string[]> {
  const { items } = await corridor.store.events({}, { before: null, limit: 10 });
  return items.map(({ name }) => name);
}

/** The server is well: it takes the next webhook. */
async function expectWell(site: Site): Promise<void> {
  const response = await site.post('{"eventName":"Next"}');
  expect(response.status).toBe(202);
  expect(await storedNames(site)).toContain('Next');
}

describe('a webhook', () => {
  it('is answered 202 with its id, once it is stored', async () => {
    const site = await openSite();
    const response = await site.post(EVENT);
    expect([response.status, response.headers.get('content-type')]).toEqual([202, 'application/json']);
    expect(await response.text()).toBe('{"eventId":"evt_00000000001","duplicate":false}');
    expect(await storedNames(site)).toEqual(['LevelChanged']);
  });

  it('is answered 202 as a duplicate when it is repeated', async () => {
    const site = await openSite();
    await site.post(EVENT);
    const response = await site.post(EVENT);
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ eventId: 'evt_00000000001', duplicate: true });
  });

  it('needs no content type, and may come in chunks and with a query', async () => {
    const site = await openSite();
    const body = new ReadableStream({
      start(controller) {
        for (const part of [EVENT.slice(0, 9), EVENT.slice(9)]) controller.enqueue(Buffer.from(part));
        controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'x-token': 'right' }, body, duplex: 'half' } as RequestInit;
    const response = await fetch(`${site.url}/webhooks/loyalty?from=here`, init);
    expect(response.status).toBe(202);
    expect((await site.corridor.store.event(1))?.body).toBe(EVENT);
  });

  it('as large as the limit is taken', async () => {
    const site = await openSite();
    const response = await site.post(`{"a":"${'x'.repeat(BODY_LIMIT - 8)}"}`);
    expect(response.status).toBe(202);
  });

  it('is answered only after the commit that holds it', async () => {
    const site = await openSite();
    const commits = holdCommits(site);
    let answered = false;
    const response = site.post(EVENT).then((answer) => {
      answered = true;
      return answer.status;
    });
    await commits.asked;
    await delay(20);
    expect(answered).toBe(false);
    commits.release();
    expect(await response).toBe(202);
  });
});

describe('a request that is refused', () => {
  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['text', 'hello'],
    ['an array', '[]'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('because it carries %s is a 400 that says how to do better', async (_what, body) => {
    const site = await openSite();
    const response = await site.post(body);
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    expect(await problemIn(response)).toEqual({
      type: 'urn:pointsman:SOURCE_NOT_JSON',
      title: 'Source not json',
      status: 400,
      detail: expect.stringContaining('The body is '),
      code: 'SOURCE_NOT_JSON',
      remedy: ERRORS.SOURCE_NOT_JSON.remedy,
    });
    expect(await storedNames(site)).toEqual([]);
    expect(site.corridor.log.lines).toMatchObject([{ level: 'warn', fields: { code: 'SOURCE_NOT_JSON' } }]);
  });

  it.each(['/webhooks/', '/webhooks/nobody', '/webhooks/loyalty/', '/webhooks/__proto__', '/webhooks/LOYALTY'])(
    'because nobody answers at %s is a 404',
    async (path) => {
      const site = await openSite();
      const response = await fetch(site.url + path, { method: 'POST', headers: { 'x-token': 'right' }, body: EVENT });
      expect(response.status).toBe(404);
      expect(await problemIn(response)).toMatchObject({ code: 'SOURCE_UNKNOWN' });
    },
  );

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('because it is a %s is a 405 that names POST', async (method) => {
    const site = await openSite();
    const response = await fetch(`${site.url}/webhooks/loyalty`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await problemIn(response)).toMatchObject({ code: 'SOURCE_METHOD' });
  });

  it.each([
    ['without a token', {}],
    ['with a wrong token', { 'x-token': 'wrong' }],
  ])('because it comes %s is a 401 that does not tell the token', async (_how, headers) => {
    const site = await openSite();
    const response = await site.post(EVENT, { headers });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="pointsman"']);
    expect(await problemIn(response)).toMatchObject({ code: 'SOURCE_UNAUTHORIZED', detail: 'the token is wrong' });
    expect(await storedNames(site)).toEqual([]);
  });

  it('by its headers is answered before its body is sent', async () => {
    const site = await openSite();
    const client = await connectRaw(site.port, headOf(500, 'wrong'));
    while (!client.read().includes('SOURCE_UNAUTHORIZED')) await once(client.socket, 'data');
    client.socket.end('x'.repeat(500));
    expect(await client.ended).toBe('orderly');
  });

  it('by its signature is answered after its body was read', async () => {
    const signed = Buffer.from(EVENT);
    const source = createFakeSource({
      verifiesBody: true,
      verify: ({ body }) =>
        signed.equals(body)
          ? { genuine: true, signature: { version: '1', requestId: 'r-1' } }
          : { genuine: false, reason: 'the signature does not match' },
    });
    const site = await openSite({ source });
    expect((await site.post(EVENT)).status).toBe(202);
    expect((await site.post(`${EVENT} `)).status).toBe(401);
    expect(await storedNames(site)).toHaveLength(1);
  });
});

describe('a body over the limit', () => {
  it.each<[string, number | 'chunked']>([
    ['announced', 2_000_000],
    ['unannounced', 'chunked'],
  ])('and %s is a 413 that the client can read, even one that sends everything first', async (_how, length) => {
    const site = await openSite();
    const client = await connectRaw(site.port, headOf(length));
    client.socket.pause();
    const piece = 'x'.repeat(50_000);
    for (let sent = 0; sent < 2_000_000; sent += piece.length) {
      // By now the server has answered, and would have hung up.
      if (sent === 500_000) await delay(50);
      const flushed = client.socket.write(length === 'chunked' ? `c350\r\n${piece}\r\n` : piece);
      if (!flushed) await once(client.socket, 'drain');
    }
    if (length === 'chunked') client.socket.write('0\r\n\r\n');
    client.socket.resume();
    expect(await client.ended).toBe('orderly');
    expect(client.read()).toMatch(/^HTTP\/1\.1 413 .*connection: close.*"code":"SOURCE_TOO_LARGE"/is);
    client.socket.destroy();
    expect(await storedNames(site)).toEqual([]);
    await expectWell(site);
  });
});

describe('a store that cannot write', () => {
  it('is a 503 that asks the sender to come back, and an ERROR in the log', async () => {
    const site = await openSite();
    const { accept } = site.corridor.store;
    site.corridor.store.accept = () =>
      Promise.reject(new PointsmanError('STORE_UNWRITABLE', 'Cannot write: disk full'));
    const response = await site.post(EVENT);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await problemIn(response)).toMatchObject({ code: 'STORE_UNWRITABLE' });
    expect(site.corridor.log.messages('error')).toHaveLength(1);
    site.corridor.store.accept = accept;
    expect(await (await site.post(EVENT)).json()).toMatchObject({ duplicate: false });
  });

  it('for one event is a 503 for that event', async () => {
    const site = await openSite();
    const error = new PointsmanError('STORE_FAILED', 'bad row');
    site.corridor.store.accept = async () => [{ ok: false, error }];
    expect((await site.post(EVENT)).status).toBe(503);
  });

  it('because of a bug is a 500 without detail, and a stack in the log', async () => {
    const site = await openSite();
    site.corridor.store.accept = () => Promise.reject(new TypeError('secret detail'));
    const response = await site.post(EVENT);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(site.corridor.log.lines[0]?.fields['err']).toContain('secret detail');
    site.corridor.store.accept = () => Promise.reject('no error at all');
    expect((await site.post(EVENT)).status).toBe(500);
  });
});

describe('a client', () => {
  it('that is too slow is told so, and the server goes on', async () => {
    const site = await openSite();
    const client = await connectRaw(site.port, `${headOf(100)}{"event`);
    expect(await client.ended).toBe('orderly');
    expect(client.read()).toMatch(/^HTTP\/1\.1 408 .*"code":"SOURCE_TOO_SLOW"/s);
    client.socket.destroy();
    expect(await storedNames(site)).toEqual([]);
    await expectWell(site);
  });

  it('that hangs up in mid-body leaves nothing behind', async () => {
    const site = await openSite();
    for (const framing of [100, 'chunked'] as const) {
      const client = await connectRaw(site.port, `${headOf(framing)}4\r\n{"ev\r\n`);
      await delay(20);
      client.socket.resetAndDestroy();
    }
    await expectWell(site);
    expect(await storedNames(site)).toEqual(['Next']);
    expect(site.corridor.log.lines).toEqual([]);
  });

  it('that hangs up before the commit does no harm', async () => {
    const site = await openSite();
    const commits = holdCommits(site);
    const client = await connectRaw(site.port, headOf(EVENT.length) + EVENT);
    await commits.asked;
    client.socket.resetAndDestroy();
    commits.release();
    await expectWell(site);
    expect(await storedNames(site)).toEqual(['Next', 'LevelChanged']);
  });

  it.each([
    ['bytes that are no HTTP', '\u0000\u0001\u0002 garbage\r\n\r\n'],
    ['a TLS greeting', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['an impossible length', 'POST /webhooks/loyalty HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n'],
    ['an impossible chunk', `${headOf('chunked')}zz\r\n`],
    ['endless headers', `POST /webhooks/loyalty HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('that sends %s is told that it is no HTTP request', async (_what, bytes) => {
    const site = await openSite();
    const client = await connectRaw(site.port, bytes);
    await client.ended;
    expect(client.read()).toMatch(/^HTTP\/1\.1 400 .*"code":"SOURCE_NOT_JSON"/s);
    client.socket.destroy();
    await expectWell(site);
  });

  it('keeps its connection after an error whose body was read', async () => {
    const site = await openSite();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports: (number | undefined)[] = [];
    for (const [body, status] of [
      ['[]', 400],
      [EVENT, 202],
      ['{', 400],
      [EVENT, 202],
    ] as const) {
      const sent = request(`${site.url}/webhooks/loyalty`, { agent, method: 'POST', headers: { 'x-token': 'right' } });
      sent.end(body);
      const [response] = await once(sent, 'response');
      await text(response);
      expect(response.statusCode).toBe(status);
      ports.push(response.socket?.localPort ?? sent.socket?.localPort);
    }
    agent.destroy();
    expect(new Set(ports).size).toBe(1);
  });
});
