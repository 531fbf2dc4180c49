import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openConnections } from '../../bench/connections.ts';
import { completeStatus } from '../../bench/http-answer.ts';

describe('an answer', () => {
  it.each([
    ['HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}', 202],
    ['HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', 202],
    ['HTTP/1.1 502 Bad Gateway\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 502],
    ['HTTP/1.1 204 No Content\r\n\r\n', 204],
  ])('is complete with its body: %j', (text, status) => {
    expect(completeStatus(text)).toBe(status);
  });

  it('is not complete before its last byte, wherever it was cut', () => {
    const chunked = 'HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
    const sized = 'HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}';
    for (const whole of [chunked, sized]) {
      for (let length = 0; length < whole.length; length++) expect(completeStatus(whole.slice(0, length))).toBeNull();
    }
  });
});

describe('connections', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const listen = async (answer: RequestListener): Promise<URL> => {
    const listening = createServer(answer);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
  };
  const message = (text: string) => {
    return Buffer.from(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
  };

  it('carry more requests than there are connections, each answered once', async () => {
    const seen: string[] = [];
    const url = await listen((request, response) => {
      request.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      request.on('end', () => response.writeHead(202).end());
    });
    const connections = await openConnections(url, 3);
    const sent = Array.from({ length: 50 }, (_, index) => `event ${index}`);
    const statuses = await Promise.all(sent.map((text) => connections.send(message(text))));
    connections.close();
    expect(new Set(statuses)).toEqual(new Set([202]));
    expect(new Set(seen)).toEqual(new Set(sent));
  });

  it('say so when the server hangs up, and go on with a new one', async () => {
    let isFirst = true;
    const url = await listen((request, response) => {
      request.resume().on('end', () => (isFirst ? request.socket.destroy() : response.writeHead(202).end()));
    });
    const connections = await openConnections(url, 1);
    await expect(connections.send(message('lost'))).rejects.toThrow();
    isFirst = false;
    expect(await connections.send(message('sent'))).toBe(202);
    connections.close();
  });
});
