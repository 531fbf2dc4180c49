import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** The member list of a loyalty engine. */
export interface MemberApi {
  readonly url: string;
  /** The first member of each page that was asked for. */
  readonly asked: number[];
  close(): void;
}

const PAGE = 50;

/** Starts an API of one tenant, `Germany`, whose members' wallets are `w-0`, `w-1`, …; a page takes `delayMs`. */
export async function startMemberApi(members: number, delayMs: number): Promise<MemberApi> {
  const asked: number[] = [];
  const server = createServer(async (incoming, response) => {
    const { pathname, searchParams: query } = new URL(incoming.url ?? '', 'http://api.invalid');
    const answer = (body: unknown, status = 200) => void response.writeHead(status).end(JSON.stringify(body));
    if (pathname === '/api/store') return answer({ items: [{ code: 'Germany', active: true }] });
    if (pathname !== '/api/Germany/member') return answer({ message: 'Not Found' }, 404);
    if (query.has('_page')) return answer({ items: [], total: { all: members } });
    const from = Number(query.get('_scroll'));
    asked.push(from);
    await setTimeout(delayMs);
    const items = Array.from({ length: Math.min(PAGE, members - from) }, (_, index) => memberOf(from + index));
    return answer({ items, scroll: { next: from + PAGE < members ? String(from + PAGE) : null } });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}

function memberOf(n: number) {
  return { customerId: `c-${n}`, email: `m${n}@example.com`, defaultAccount: { accountId: `w-${n}` } };
}
