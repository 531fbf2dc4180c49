import { type ErrorCode, PointsmanError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Seeder, SeedPage } from '../../ports/seeder.ts';
import { identifierAt, keyPath } from './json-path.ts';
import { Refused } from './rest-answer.ts';
import { createRestClient, type RestClient, type RestSettings } from './rest-client.ts';
import { ACCOUNT_ID, type DefaultWallet, seedFact } from './seed-fact.ts';

/** The most that the API lists at once. */
const PAGE_SIZE = 50;
const SCROLL = 'scroll:';
const PAGE = 'page:';
const STORE_CODES = [keyPath('code'), keyPath('storeCode')];
const WALLET_CODE = [keyPath('walletType.code')];
const WALLET_NAME = [keyPath('walletType.name')];

/**
 * Reads every member's default wallet from Open Loyalty. Members are scrolled through, which neither skips nor ends at
 * page 500, whatever is registered or deleted meanwhile. An API that does not know scrolling is read by pages, oldest
 * first: new members come last, but one deleted meanwhile moves the next to a page that was read. Source:
 * https://help.openloyalty.io/technical-guide/api-fundamentals/scroll-mechanism-for-pages
 */
export function createOpenLoyaltySeeder(settings: RestSettings): Seeder {
  const client = createRestClient(settings);
  const walletOf = defaultWallets(client);

  async function pageOf(storeCode: string, answer: JsonObject, next: string | null): Promise<SeedPage> {
    const members = itemsOf(answer);
    const wallet = await walletOf(storeCode, members);
    const facts = members.flatMap((member) => seedFact(storeCode, member, wallet) ?? []);
    return { facts, members: members.length, next };
  }

  return {
    tenants: () => orFailed(() => storeCodes(client)),
    async total(storeCode) {
      const answer = await orNull(() => client.get(`${membersOf(storeCode)}?_page=1&_itemsOnPage=1`));
      const total = isJsonObject(answer?.['total']) ? answer['total']['all'] : null;
      return typeof total === 'number' ? total : null;
    },
    async page(storeCode, from) {
      const read = async () => client.get(`${membersOf(storeCode)}?${queryOf(from)}&_itemsOnPage=${PAGE_SIZE}`);
      const answer = await (from === null ? orFailed(read) : orNull(read));
      if (answer === null) return null;
      if (from === null && !isJsonObject(answer['scroll'])) return UNSCROLLED;
      return pageOf(storeCode, answer, nextOf(answer, from));
    },
    close: () => client.close(),
  };
}

function membersOf(storeCode: string): string {
  return `/${encodeURIComponent(storeCode)}/member`;
}

function queryOf(from: string | null): string {
  if (from === null) return '_scroll';
  if (from.startsWith(SCROLL)) return `_scroll=${encodeURIComponent(from.slice(SCROLL.length))}`;
  return `_page=${from.slice(PAGE.length)}&_orderBy[createdAt]=asc`;
}

/** The answer of an API that did not scroll, in no order that could be relied on: begun anew, by pages. */
const UNSCROLLED: SeedPage = { facts: [], members: 0, next: `${PAGE}1` };

/** Where the next page begins; null after the last. */
function nextOf({ items, scroll }: JsonObject, from: string | null): string | null {
  if (Array.isArray(items) && items.length === 0) return null;
  if (from?.startsWith(PAGE)) return `${PAGE}${Number(from.slice(PAGE.length)) + 1}`;
  const token = isJsonObject(scroll) ? scroll['next'] : null;
  if (typeof token !== 'string' || token === '') return null;
  if (`${SCROLL}${token}` !== from) return `${SCROLL}${token}`;
  throw new PointsmanError('SOURCE_API_FAILED', 'Open Loyalty gives the same page again and again');
}

function itemsOf({ items }: JsonObject): readonly Json[] {
  if (Array.isArray(items)) return items;
  throw new PointsmanError('SOURCE_API_FAILED', 'Open Loyalty answered without a list of items');
}

async function storeCodes(client: RestClient): Promise<readonly string[]> {
  const codes: string[] = [];
  for (let page = 1; ; page++) {
    const items = itemsOf(await client.get(`/store?_page=${page}&_itemsOnPage=${PAGE_SIZE}`));
    const known = codes.length;
    const found = items.flatMap((item) => (isJsonObject(item) && item['active'] !== false ? codeOf(item) : []));
    codes.push(...found.filter((code) => !codes.includes(code)));
    if (items.length < PAGE_SIZE || codes.length === known) return codes;
  }
}

function codeOf(store: JsonObject): readonly string[] {
  const code = identifierAt(store, STORE_CODES);
  return code === null ? [] : [code];
}

/**
 * Asks once a tenant what its default wallet is called: members name only its id. Without an answer, or without the
 * right to ask, facts go without.
 */
function defaultWallets(client: RestClient) {
  const known = new Map<string, DefaultWallet | null>();
  return async (storeCode: string, members: readonly Json[]): Promise<DefaultWallet | null> => {
    const found = known.get(storeCode);
    if (found !== undefined) return found;
    const walletId = members.map((member) => identifierAt(member, ACCOUNT_ID)).find(Boolean);
    if (!walletId) return null;
    const path = `/${encodeURIComponent(storeCode)}/wallet/${encodeURIComponent(walletId)}`;
    const answer = await orNull(() => client.get(path), 'SOURCE_API_UNAUTHORIZED');
    const code = identifierAt(answer, WALLET_CODE);
    const name = identifierAt(answer, WALLET_NAME);
    const wallet = { ...(code !== null && { code }), ...(name !== null && { name }) };
    known.set(storeCode, wallet);
    return wallet;
  };
}

/** Null when the API does not take the call, or fails with this code. */
async function orNull<Value>(call: () => Promise<Value>, code?: ErrorCode): Promise<Value | null> {
  return call().catch((error) => {
    if (error instanceof Refused || (error instanceof PointsmanError && error.code === code)) return null;
    throw error;
  });
}

async function orFailed<Value>(call: () => Promise<Value>): Promise<Value> {
  return call().catch((cause) => {
    if (!(cause instanceof Refused)) throw cause;
    throw new PointsmanError('SOURCE_API_FAILED', `Open Loyalty does not take a call: ${cause.message}`, { cause });
  });
}
