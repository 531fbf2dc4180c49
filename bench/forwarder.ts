import { Agent, createServer, type IncomingMessage, request as post, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestOf } from './tier-change.ts';

/** Where events are forwarded to: the address of the tracking API's `customers/events`. */
const target = new URL(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true });

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => forward(requestOf(JSON.parse(Buffer.concat(chunks).toString())), response));
});

process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/** Passes the destination's verdict on: nothing is kept, so a failure is the sender's to repeat. */
function forward(body: string, response: ServerResponse): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const outgoing = post(target, { method: 'POST', agent, headers }, (answer: IncomingMessage) => {
    answer.resume();
    answer.on('end', () => response.writeHead(answer.statusCode === 200 ? 202 : 502).end());
  });
  outgoing.on('error', () => response.writeHead(502).end());
  outgoing.end(body);
}
