import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ImportedFact } from '../../../src/core/event.ts';
import type { Seeder } from '../../../src/ports/seeder.ts';
import type { FaultSpec } from '../../../src/sandbox/open-loyalty/fault.ts';
import type { RestSettings } from '../../../src/sources/open-loyalty/rest-client.ts';
import { createOpenLoyaltySeeder } from '../../../src/sources/open-loyalty/seeder.ts';
import { startSandbox, TOKEN } from '../../sandbox/open-loyalty/support.ts';

interface Seeding {
  readonly seeder: Seeder;
  /** Every wait, in ms. */
  readonly waits: number[];
  readonly reasons: string[];
  readonly stop: AbortController;
}

/** A seeder whose waits take no time. */
function seederAt(url: string, over: Partial<RestSettings> = {}): Seeding {
  const waits: number[] = [];
  const reasons: string[] = [];
  const stop = new AbortController();
  let nowMs = 0;
  const clock: RestSettings['clock'] = {
    now: () => nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      nowMs += ms;
    },
  };
  const seeder = createOpenLoyaltySeeder({
    ...{ url, token: TOKEN, ratePerSecond: 1e9, timeoutMs: 2_000, retries: 3, clock, signal: stop.signal },
    onRetry: (reason) => reasons.push(reason),
    ...over,
  });
  onTestFinished(() => seeder.close());
  return { seeder, waits, reasons, stop };
}

/** Reads a tenant to its end. */
async function readAll({ seeder }: Pick<Seeding, 'seeder'>, storeCode: string) {
  const facts: ImportedFact[] = [];
  let members = 0;
  let pages = 0;
  let next: string | null = null;
  do {
    const page = await seeder.page(storeCode, next);
    if (page === null) throw new Error('the place is not known');
    facts.push(...page.facts);
    members += page.members;
    pages += 1;
    next = page.next;
  } while (next !== null);
  return { facts, members, pages };
}

type Answer = (url: URL, response: ServerResponse, incoming: IncomingMessage) => void;

/** A server that answers as told. */
async function startApi(answer: Answer): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    asked.push(incoming.url ?? '');
    answer(new URL(incoming.url ?? '', 'http://api.invalid'), response, incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const json = (response: ServerResponse, body: unknown, status = 200) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const member = (n: number, over: Readonly<Record<string, unknown>> = {}) => ({
  customerId: `c-${n}`,
  email: `m${n}@example.com`,
  phone: null,
  loyaltyCardNumber: '',
  defaultAccount: { accountId: `w-${n}` },
  ...over,
});

describe('seeding from Open Loyalty', () => {
  it('reads every wallet of every tenant once, as events would teach it', async () => {
    const { sandbox } = await startSandbox({ members: 260 });
    const seeding = seederAt(sandbox.url);
    const tenants = await seeding.seeder.tenants();
    expect(tenants).toEqual([...sandbox.world.tenants.keys()]);
    for (const storeCode of tenants) {
      const members = sandbox.world.state.membersOf(storeCode);
      expect(await seeding.seeder.total(storeCode)).toBe(members.length);
      const read = await readAll(seeding, storeCode);
      expect(read.members).toBe(members.length);
      expect(read.pages).toBeGreaterThan(1);
      expect(new Set(read.facts.map(({ key }) => key)).size).toBe(members.length);
      const [first] = members;
      const fact = read.facts.find(({ value }) => value['customerId'] === first?.customerId);
      expect(fact).toMatchObject({ storeCode, kind: 'wallet', value: { wallet: { code: 'default' } } });
      const { email, phone, loyaltyCardNumber } = first?.profile ?? {};
      const known = Object.entries({ email, phone, loyaltyCardNumber }).filter(([, text]) => text);
      expect(fact?.value).toMatchObject(Object.fromEntries(known));
    }
    expect(seeding.waits.filter((ms) => ms > 1)).toEqual([]);
  });

  it('takes an address that ends in /api, too', async () => {
    const { sandbox } = await startSandbox();
    expect(await seederAt(`${sandbox.url}/api`).seeder.tenants()).toHaveLength(2);
  });

  it('leaves out who has no wallet, no identifier, or was anonymized, and counts them', async () => {
    const { url } = await startApi((asked, response) => {
      if (asked.pathname.includes('/wallet/')) return json(response, { code: 404 }, 404);
      const odd = [member(1), member(2, { defaultAccount: null }), member(3, { anonymized: true }), 'odd'];
      const nobody = member(4, { customerId: null, email: ' ' });
      return json(response, { items: [...odd, nobody], scroll: {} });
    });
    const read = await readAll(seederAt(url), 'Germany');
    expect(read.members).toBe(5);
    expect(read.facts).toEqual([
      { storeCode: 'Germany', kind: 'wallet', key: 'w-1', value: { customerId: 'c-1', email: 'm1@example.com' } },
    ]);
  });

  it.each([403, 404])('goes without the name of the wallet when the API answers %i', async (status) => {
    const { url } = await startApi((asked, response) => {
      if (asked.pathname.includes('/wallet/')) return json(response, { message: 'no' }, status);
      return json(response, { items: [member(1)], scroll: { next: null } });
    });
    expect((await readAll(seederAt(url), 'Germany')).facts).toHaveLength(1);
  });

  it('reads by pages, oldest first, where the API does not scroll', async () => {
    const all = Array.from({ length: 120 }, (_, index) => member(index));
    const { url, asked } = await startApi((to, response) => {
      if (to.pathname.includes('/wallet/')) return json(response, {}, 404);
      const page = Number(to.searchParams.get('_page') ?? 1);
      return json(response, { items: all.slice((page - 1) * 50, page * 50), total: { all: 120 } });
    });
    const read = await readAll(seederAt(url), 'Germany');
    expect([read.members, new Set(read.facts.map(({ key }) => key)).size]).toEqual([120, 120]);
    expect(asked.filter((one) => one.includes('_page='))).toEqual(
      [1, 2, 3, 4].map((page) => `/api/Germany/member?_page=${page}&_orderBy[createdAt]=asc&_itemsOnPage=50`),
    );
  });

  it('says that a place to go on from is not known any more', async () => {
    const { url } = await startApi((_asked, response) => json(response, { message: 'Validation failed' }, 400));
    expect(await seederAt(url).seeder.page('Germany', 'scroll:old')).toBeNull();
    await expect(seederAt(url).seeder.page('Germany', null)).rejects.toMatchObject({
      code: 'SOURCE_API_FAILED',
      message: 'Open Loyalty does not take a call: /api/Germany/member answered 400: Validation failed',
    });
  });

  it('stops when the same page comes again and again', async () => {
    const { url } = await startApi((_asked, response) =>
      json(response, { items: [member(1)], scroll: { next: 'same' } }),
    );
    await expect(readAll(seederAt(url), 'Germany')).rejects.toMatchObject({ code: 'SOURCE_API_FAILED' });
  });
});

describe('an Open Loyalty in trouble', () => {
  it.each([401, 403] as const)('is not asked again after a %i', async (status) => {
    const { sandbox } = await startSandbox();
    sandbox.faults.add({ kind: 'status', status, count: 1 });
    const seeding = seederAt(sandbox.url);
    await expect(seeding.seeder.page('Germany', null)).rejects.toMatchObject({
      code: 'SOURCE_API_UNAUTHORIZED',
      message: expect.stringContaining(`/api/Germany/member answered ${status}`),
    });
    expect(seeding.waits).toEqual([]);
  });

  it('refuses a wrong key without telling it', async () => {
    const { sandbox } = await startSandbox();
    const asking = seederAt(sandbox.url, { token: 'a-wrong-key' }).seeder.tenants();
    await expect(asking).rejects.toMatchObject({ code: 'SOURCE_API_UNAUTHORIZED' });
    await expect(asking).rejects.not.toThrow('a-wrong-key');
  });

  it.each<[string, FaultSpec, readonly number[]]>([
    ['a 429 that says when', { kind: 'status', status: 429, retryAfter: 7, count: 1 }, [7_000]],
    ['a 429 that asks for too long', { kind: 'status', status: 429, retryAfter: 9_000, count: 1 }, [300_000]],
    ['429s that do not say', { kind: 'status', status: 429, count: 3 }, [1_000, 2_000, 4_000]],
    ['500s', { kind: 'status', status: 500, count: 2 }, [1_000, 2_000]],
    ['a web page with 502', { kind: 'html', count: 1 }, [1_000]],
    ['a web page with 200', { kind: 'html', status: 200, count: 1 }, [1_000]],
    ['half a page', { kind: 'half', count: 2 }, [1_000, 2_000]],
    ['a broken connection', { kind: 'cut', count: 1 }, [1_000]],
    ['no answer', { kind: 'hang', count: 1 }, [1_000]],
  ])('is tried again after %s, and nobody is lost or read twice', async (_what, fault, waits) => {
    const { sandbox } = await startSandbox({ members: 130 });
    const seeding = seederAt(sandbox.url, { timeoutMs: 500 });
    const first = await seeding.seeder.page('Germany', null);
    sandbox.faults.add({ ...fault, match: { path: '/member' } });
    const second = await seeding.seeder.page('Germany', first?.next ?? '');
    const keys = [...(first?.facts ?? []), ...(second?.facts ?? [])].map(({ key }) => key);
    expect(new Set(keys).size).toBe(sandbox.world.state.membersOf('Germany').length);
    expect(seeding.waits.filter((ms) => ms > 1)).toEqual(waits);
    expect(seeding.reasons).toHaveLength(waits.length);
  });

  it('is given up after some tries, with the last reason', async () => {
    const { sandbox } = await startSandbox();
    sandbox.faults.add({ kind: 'status', status: 500 });
    const seeding = seederAt(sandbox.url);
    await expect(seeding.seeder.page('Germany', null)).rejects.toMatchObject({
      code: 'SOURCE_API_FAILED',
      message: 'Open Loyalty failed 4 times, last: /api/Germany/member answered 500: Fault: 500',
    });
    expect(seeding.waits.filter((ms) => ms > 1)).toEqual([1_000, 2_000, 4_000]);
  });

  it('is given up when nothing listens', async () => {
    const asking = seederAt('http://127.0.0.1:1', { retries: 1 }).seeder.tenants();
    await expect(asking).rejects.toMatchObject({ code: 'SOURCE_API_FAILED' });
  });

  it('is not followed to where it redirects, nor read without end', async () => {
    const moved = await startApi((_asked, response) => void response.writeHead(302, { location: '/' }).end());
    await expect(seederAt(moved.url).seeder.tenants()).rejects.toThrow('answered 302');
    const endless = await startApi((_asked, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const write = () => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', write);
      };
      write();
    });
    await expect(seederAt(endless.url, { retries: 0, timeoutMs: 20_000 }).seeder.tenants()).rejects.toThrow(
      'larger than',
    );
  });

  it('is left alone at once when the caller stops', async () => {
    const { sandbox } = await startSandbox();
    sandbox.faults.add({ kind: 'hang' });
    const { seeder, stop } = seederAt(sandbox.url, { timeoutMs: 60_000 });
    const asking = seeder.tenants();
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(asking).rejects.toThrow('stopped');
  });

  it('is asked no faster than told', async () => {
    const { sandbox } = await startSandbox({ members: 130 });
    const seeding = seederAt(sandbox.url, { ratePerSecond: 10 });
    await readAll(seeding, 'Germany');
    expect(seeding.waits).toEqual([100, 100]);
  });
});
