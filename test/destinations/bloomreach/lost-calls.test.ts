import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/core/attempt.ts';
import type { Destination } from '../../../src/ports/destination.ts';
import { claimed, freePort, LIMITS, Opened, onRequest, patient, rawAnswer } from './support.ts';

const SUCCESS = '{"errors":[],"success":true}';

let opened: Opened;

beforeEach(() => {
  opened = new Opened();
});
afterEach(() => opened.close());

async function sendOne(destination: Destination, signal = patient()): Promise<Answer | undefined> {
  return (await destination.send([claimed()], signal))?.answers[0];
}

const CONNECTION = { verdict: 'transient', code: 'DELIVERY_CONNECTION', httpStatus: null, response: null };
const TIMEOUT = { verdict: 'ambiguous', code: 'DELIVERY_TIMEOUT', httpStatus: null };
const RESET = { verdict: 'ambiguous', code: 'DELIVERY_RESET', httpStatus: null };

describe('nothing can have left', () => {
  it('is transient when the connection is refused', async () => {
    const answer = await sendOne(opened.destination(await freePort()));
    expect(answer).toMatchObject(CONNECTION);
    expect(answer?.detail).toMatch(/^Nothing was sent: connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it('is transient when no address has that name', async () => {
    const answer = await sendOne(opened.destination(0, { baseUrl: 'http://nowhere.invalid' }));
    expect(answer).toMatchObject(CONNECTION);
    expect(answer?.detail).toContain('nowhere.invalid');
  });

  it('is transient when the other side speaks no TLS', async () => {
    const port = await opened.tcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const answer = await sendOne(opened.destination(port, { baseUrl: `https://127.0.0.1:${port}` }));
    expect(answer).toMatchObject(CONNECTION);
  });

  it('is transient when the connection is not ready in time', async () => {
    const port = await opened.tcp(() => {});
    const baseUrl = `https://127.0.0.1:${port}`;
    const destination = opened.destination(port, { baseUrl, timeoutMs: 50 });
    const answer = await sendOne(destination);
    expect(answer).toMatchObject({ ...CONNECTION, detail: 'Nothing was sent: no connection within 50 ms' });
    // Its connection is still being made: closing does not wait for it.
    await destination.close();
  });

  it('is transient when every connection is busy until the time is up', async () => {
    const port = await opened.tcp(() => {});
    const destination = opened.destination(port, { limits: { ...LIMITS, concurrency: 1 }, timeoutMs: 50 });
    const [first, second] = await Promise.all([sendOne(destination), sendOne(destination)]);
    expect(first).toMatchObject(TIMEOUT);
    expect(second).toMatchObject(CONNECTION);
  });
});

describe('the body left, the answer did not come', () => {
  it('is ambiguous when the server closes without reading', async () => {
    const port = await opened.tcp((socket) => socket.destroy());
    expect(await sendOne(opened.destination(port))).toMatchObject(RESET);
  });

  it('is ambiguous when the server closes after the body', async () => {
    const port = await opened.tcp((socket) => onRequest(socket, () => socket.end()));
    const answer = await sendOne(opened.destination(port));
    expect(answer).toMatchObject(RESET);
    expect(answer?.detail).toBe('The answer is unknown: other side closed');
  });

  it('is ambiguous when the server resets after the body', async () => {
    const port = await opened.tcp((socket) => onRequest(socket, () => socket.resetAndDestroy()));
    expect(await sendOne(opened.destination(port))).toMatchObject(RESET);
  });

  it('is ambiguous when the server stops in the middle of a large body', async () => {
    const port = await opened.tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const delivery = claimed({ request: JSON.stringify('x'.repeat(4_000_000)) });
    const result = await opened.destination(port).send([delivery], patient());
    expect(result?.answers[0]).toMatchObject(RESET);
  });

  it('is ambiguous when the server hangs', async () => {
    const port = await opened.tcp((socket) => socket.resume());
    const answer = await sendOne(opened.destination(port, { timeoutMs: 50 }));
    expect(answer).toMatchObject({ ...TIMEOUT, detail: 'The answer is unknown: no answer within 50 ms' });
  });

  it('is ambiguous when the server trickles its answer beyond the time', async () => {
    const port = await opened.tcp((socket) => {
      onRequest(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
        const drip = setInterval(() => socket.write(' '), 5);
        socket.on('close', () => clearInterval(drip));
      });
    });
    expect(await sendOne(opened.destination(port, { timeoutMs: 100 }))).toMatchObject(TIMEOUT);
  });

  it.each([
    ['half of the status line', 'HTTP/1.1 20'],
    ['half of the headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['half of the body', `HTTP/1.1 200 OK\r\ncontent-length: 28\r\n\r\n${SUCCESS.slice(0, 10)}`],
    ['less than its content-length, though it reads as a success', rawAnswer(200, SUCCESS, 1000)],
    ['half of a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1c\r\n{"errors"'],
  ])('is ambiguous when the answer is %s', async (_, bytes) => {
    const port = await opened.tcp((socket) => onRequest(socket, () => socket.end(bytes)));
    expect(await sendOne(opened.destination(port))).toMatchObject(RESET);
  });

  it('is ambiguous when the answer is no HTTP', async () => {
    const port = await opened.tcp((socket) => onRequest(socket, () => socket.end('220 mail.example ESMTP\r\n')));
    const answer = await sendOne(opened.destination(port));
    expect(answer).toMatchObject({ verdict: 'ambiguous', code: 'DELIVERY_UNREADABLE' });
  });

  it('never lets the surplus of one answer pass for the next one', async () => {
    const refusal = '{"success":false,"errors":["No"]}';
    let requests = 0;
    const port = await opened.tcp((socket) =>
      onRequest(socket, () => {
        requests += 1;
        if (requests > 1) socket.write(rawAnswer(200, SUCCESS));
        else socket.write(rawAnswer(400, refusal) + rawAnswer(200, SUCCESS));
      }),
    );
    const destination = opened.destination(port, { limits: { ...LIMITS, concurrency: 1 } });
    expect(await sendOne(destination)).toMatchObject({ verdict: 'rejected' });
    expect(await sendOne(destination)).toMatchObject({ verdict: 'delivered' });
    expect(requests).toBe(2);
  });

  it('is ambiguous when the content-length cuts the answer short', async () => {
    const port = await opened.tcp((socket) => onRequest(socket, () => socket.end(rawAnswer(200, SUCCESS, 10))));
    expect(await sendOne(opened.destination(port))).toMatchObject({
      verdict: 'ambiguous',
      code: 'DELIVERY_UNREADABLE',
      httpStatus: 200,
    });
  });
});

describe('a kept connection that the server closed', () => {
  it('is noticed before anything is sent: the call takes a new one', async () => {
    const sockets: Socket[] = [];
    let requests = 0;
    const port = await opened.tcp((socket) => {
      sockets.push(socket);
      onRequest(socket, () => {
        requests += 1;
        socket.write(rawAnswer(200, SUCCESS));
      });
    });
    const destination = opened.destination(port, { limits: { ...LIMITS, concurrency: 1 } });
    expect(await sendOne(destination)).toMatchObject({ verdict: 'delivered' });
    const [kept] = sockets;
    kept?.end();
    if (kept) await once(kept, 'close');
    expect(await sendOne(destination)).toMatchObject({ verdict: 'delivered' });
    expect([sockets.length, requests]).toEqual([2, 2]);
  });

  it('is ambiguous when it closes while the next request is on its way, which is not sent twice', async () => {
    let requests = 0;
    const port = await opened.tcp((socket) =>
      onRequest(socket, () => {
        requests += 1;
        if (requests === 1) socket.write(rawAnswer(200, SUCCESS));
        else socket.destroy();
      }),
    );
    const destination = opened.destination(port, { limits: { ...LIMITS, concurrency: 1 } });
    expect(await sendOne(destination)).toMatchObject({ verdict: 'delivered' });
    expect(await sendOne(destination)).toMatchObject(RESET);
    expect(requests).toBe(2);
  });
});

describe('stopped by the signal', () => {
  it('is no attempt when it was stopped before', async () => {
    let connections = 0;
    const port = await opened.tcp(() => {
      connections += 1;
    });
    expect(await opened.destination(port).send([claimed()], AbortSignal.abort())).toBeNull();
    expect(connections).toBe(0);
  });

  it('is no attempt while it waits for a connection, and never leaves later', async () => {
    const stop = new AbortController();
    const bodies: string[] = [];
    const answering = Promise.withResolvers<() => void>();
    const port = await opened.http(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      bodies.push(Buffer.concat(chunks).toString());
      answering.resolve(() => response.end(SUCCESS));
      if (bodies.length > 1) response.end(SUCCESS);
    });
    const destination = opened.destination(port, { limits: { ...LIMITS, concurrency: 1 } });
    const first = destination.send([claimed({ request: '"first"' })], patient());
    const answer = await answering.promise;
    const waiting = destination.send([claimed({ request: '"waiting"' })], stop.signal);
    const third = destination.send([claimed({ request: '"third"' })], patient());
    stop.abort();

    expect(await waiting).toBeNull();
    answer();
    expect((await first)?.answers[0]?.verdict).toBe('delivered');
    expect((await third)?.answers[0]?.verdict).toBe('delivered');
    expect(bodies).toEqual(['"first"', '"third"']);
  });

  it('is ambiguous once the body left', async () => {
    const stop = new AbortController();
    const arrived = Promise.withResolvers<void>();
    const port = await opened.tcp((socket) => onRequest(socket, () => arrived.resolve()));
    const sending = sendOne(opened.destination(port), stop.signal);
    await arrived.promise;
    stop.abort();
    expect(await sending).toMatchObject({ verdict: 'ambiguous', code: 'DELIVERY_INTERRUPTED', httpStatus: null });
  });

  it('stops a shared call as a whole, which tells nothing of the destination', async () => {
    const stop = new AbortController();
    const arrived = Promise.withResolvers<void>();
    const port = await opened.tcp((socket) => onRequest(socket, () => arrived.resolve()));
    const sending = opened.destination(port).send([claimed(), claimed({ id: 2 })], stop.signal);
    await arrived.promise;
    stop.abort();
    const stopped = { verdict: 'ambiguous', code: 'DELIVERY_INTERRUPTED' };
    expect(await sending).toMatchObject({ answers: [stopped, stopped], failed: false, divisible: false });
  });
});
