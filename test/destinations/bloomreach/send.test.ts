import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBloomreach } from '../../../src/destinations/bloomreach/destination.ts';
import { claimed, EVENT_TEXT, LIMITS, Opened, patient, SECRETS } from './support.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly socketPort: number | undefined;
}

let opened: Opened;
let seen: Seen[];

beforeEach(() => {
  opened = new Opened();
  seen = [];
});
afterEach(() => opened.close());

/** An HTTP server that records and answers what `answer` says. */
async function recording(answer: (seen: Seen) => { readonly status: number; readonly body: string }): Promise<number> {
  return opened.http(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const entry = {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      socketPort: request.socket.remotePort,
    };
    seen.push(entry);
    const { status, body } = answer(entry);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
}

const success = () => ({ status: 200, body: '{"errors":[],"success":true}' });

describe('sending a delivery', () => {
  it('posts the frozen text as it is, with private access', async () => {
    const destination = opened.destination(await recording(success));
    const result = await destination.send([claimed()], patient());

    expect(result?.answers).toEqual([
      {
        verdict: 'delivered',
        code: null,
        httpStatus: 200,
        detail: null,
        response: null,
        retryAfterMs: null,
        atFault: null,
      },
    ]);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/track/v2/projects/token-1111/customers/events',
      body: EVENT_TEXT,
      headers: {
        authorization: `Basic ${Buffer.from('key-2222:secret-3333').toString('base64')}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'content-length': String(Buffer.byteLength(EVENT_TEXT)),
      },
    });
    expect(seen[0]?.headers['content-encoding']).toBeUndefined();
  });

  it('posts text beyond ASCII as UTF-8', async () => {
    const destination = opened.destination(await recording(success));
    await destination.send([claimed({ request: '{"a":"Zoë 😀"}' })], patient());
    expect(seen[0]?.body).toBe('{"a":"Zoë 😀"}');
  });

  it('posts a customer to its own route, under the path of baseUrl', async () => {
    const port = await recording(success);
    const baseUrl = `http://127.0.0.1:${port}/proxy/eu/`;
    const destination = opened.destination(port, { baseUrl, projectToken: 'a/b' });
    await destination.send([claimed({ endpoint: 'customer', request: '{}' })], patient());
    expect(seen[0]?.url).toBe('/proxy/eu/track/v2/projects/a%2Fb/customers');
  });

  it('keeps its connection between calls', async () => {
    const destination = opened.destination(await recording(success), { limits: { ...LIMITS, concurrency: 1 } });
    for (let call = 0; call < 3; call++) await destination.send([claimed()], patient());
    expect(new Set(seen.map(({ socketPort }) => socketPort)).size).toBe(1);
  });

  it('opens no more connections than its concurrency', async () => {
    const destination = opened.destination(await recording(success), { limits: { ...LIMITS, concurrency: 2 } });
    await Promise.all(Array.from({ length: 20 }, () => destination.send([claimed()], patient())));
    expect(seen).toHaveLength(20);
    expect(new Set(seen.map(({ socketPort }) => socketPort)).size).toBeLessThanOrEqual(2);
  });

  it('refuses an endpoint that Bloomreach does not have, without a call', async () => {
    const destination = opened.destination(await recording(success));
    const result = await destination.send([claimed({ endpoint: 'sms' })], patient());
    expect(result?.answers[0]).toMatchObject({ verdict: 'rejected', code: 'DELIVERY_REJECTED' });
    expect(seen).toHaveLength(0);
  });

  it('follows no redirect', async () => {
    const destination = opened.destination(await recording(() => ({ status: 307, body: '' })));
    const result = await destination.send([claimed()], patient());
    expect(result?.answers[0]).toMatchObject({ verdict: 'transient', code: 'DELIVERY_UNREADABLE', httpStatus: 307 });
    expect(seen).toHaveLength(1);
  });

  it('never tells a secret that the answer echoes', async () => {
    const echo = ({ url, headers }: Seen) => ({
      status: 404,
      body: JSON.stringify({ error: `no ${url} for ${headers.authorization} with ${SECRETS.apiSecret}`, url }),
    });
    const result = await opened.destination(await recording(echo)).send([claimed()], patient());
    const told = JSON.stringify(result);
    for (const secret of [...Object.values(SECRETS), Buffer.from('key-2222:secret-3333').toString('base64')]) {
      expect(told).not.toContain(secret);
    }
    expect(result?.answers[0]?.detail).toContain(
      'Bloomreach answered 404: no /track/v2/projects/[secret]/customers/events',
    );
  });

  it('reads 64 kB of an endless answer and keeps 4 kB', async () => {
    const port = await opened.http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const page = setInterval(() => response.write('<p>'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(page));
    });
    const result = await opened.destination(port).send([claimed()], patient());
    expect(result?.answers[0]).toMatchObject({ verdict: 'ambiguous', code: 'DELIVERY_UNREADABLE', httpStatus: 200 });
    expect(result?.answers[0]?.response?.length).toBe(4096);
  });

  it('waits for the answer that a 103 announces', async () => {
    const port = await opened.http((_, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.end('{"success":true}');
    });
    const result = await opened.destination(port).send([claimed()], patient());
    expect(result?.answers[0]?.verdict).toBe('delivered');
  });
});

describe('closing', () => {
  it('lets a call in flight end, and refuses later ones', async () => {
    const held = Promise.withResolvers<() => void>();
    const port = await opened.http((_, response) => held.resolve(() => response.end('{"success":true}')));
    const destination = opened.destination(port);
    const sending = destination.send([claimed()], patient());
    const answer = await held.promise;
    const closing = destination.close();
    const late = await destination.send([claimed()], patient());
    answer();
    await closing;

    expect((await sending)?.answers[0]?.verdict).toBe('delivered');
    expect(late?.answers[0]).toMatchObject({ verdict: 'transient', code: 'DELIVERY_CONNECTION' });
    await expect(destination.close()).resolves.toBeUndefined();
  });

  it('hangs up idle connections', async () => {
    const hungUp = Promise.withResolvers<void>();
    const port = await opened.http((request, response) => {
      request.socket.on('close', () => hungUp.resolve());
      response.end('{"success":true}');
    });
    const destination = opened.destination(port);
    await destination.send([claimed()], patient());
    await destination.close();
    await hungUp.promise;
  });
});

describe('a wrong baseUrl', () => {
  it.each(['', 'api.exponea.com', 'ftp://api.exponea.com', 'https://user:pw@api.exponea.com', 'https://a.example?x=1'])(
    'is refused: %s',
    (baseUrl) => {
      const settings = {
        ...SECRETS,
        id: 'crm',
        baseUrl,
        timeoutMs: 1,
        limits: { ...LIMITS, concurrency: 1 },
        retry: { quick: 0, scheduleMs: [], jitter: 0, giveUpAfterMs: 0 },
      };
      const clock = { now: () => 0, random: () => 0, sleep: async () => {} };
      expect(() => createBloomreach(settings, clock)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          message: 'destinations.crm.baseUrl is not an http(s) URL without credentials, query or fragment',
        }),
      );
    },
  );
});
