import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Whom an event is about, as a mapping addresses them. */
export interface Addressee {
  /** The formula of `customer_ids.registered`, or null when it is the fixed text. */
  readonly formula: string | null;
  /** What the comment above says. */
  readonly remark: string;
  /** Further keys of the mapping: condition, parts, lane. */
  readonly keys: readonly (readonly [key: string, formula: string])[];
  /** Where fields are read from: the event, or each element of its list. */
  readonly root: readonly string[];
  /** Facts that the test recalls. */
  readonly recall: JsonObject | null;
}

/** The customer that events about nobody are kept on. */
export const NOBODY = 'loyalty-programme';

const IDENTIFYING = /^(customer)?(email|phone|loyaltyCardNumber)$/i;
const MOST_LEVELS = 3;

/** Finds whom an event with this body is about: a person in it, whoever owns the wallet it names, or nobody. */
export function addresseeOf(body: JsonObject): Addressee {
  const data = body['data'] ?? null;
  if (Array.isArray(data)) return aboutMany(data[0] ?? null);
  const person = personIn(data, ['data']);
  if (person !== null) return aboutOne(`$memberId(${person.join('.')})`, 'Whom the event names.', null);
  const account = isJsonObject(data) ? data['accountId'] : null;
  if (typeof account !== 'string') return aboutNobody();
  const owner = { customerId: 'c-1', email: 'ann@example.com', wallet: { code: 'default', name: 'Points' } };
  const remark = 'The event names only a wallet: earlier events told whose it is. Until one has, the delivery waits.';
  return {
    ...aboutOne("$memberId($recall('wallet', data.accountId))", remark, { wallet: { [account]: owner } }),
    keys: [
      ['when', "$exists($memberId($recall('wallet', data.accountId)))"],
      ['member', "$recall('wallet', data.accountId).customerId"],
    ],
  };
}

function aboutOne(formula: string, remark: string, recall: JsonObject | null): Addressee {
  return { formula, remark, keys: [['when', `$exists(${formula})`]], root: ['data'], recall };
}

function aboutMany(element: Json): Addressee {
  const person = personIn(element, ['$item']);
  if (person === null) return { ...aboutNobody(), keys: [['each', 'data']], root: ['$item'] };
  const inside = person.slice(1).join('.');
  return {
    formula: `$memberId(${person.join('.')})`,
    remark: 'One request for each element that names somebody.',
    keys: [
      ['each', inside === '' ? 'data' : `data[$exists($memberId(${inside}))]`],
      ['member', `${person.join('.')}.customerId`],
    ],
    root: ['$item'],
    recall: null,
  };
}

function aboutNobody(): Addressee {
  const remark = 'The event is about nobody: it is kept on one customer that stands for the programme.';
  return { formula: null, remark, keys: [], root: ['data'], recall: null };
}

/** The path of the nearest object that holds an identifier; lists are not looked into. */
function personIn(value: Json, path: readonly string[]): readonly string[] | null {
  if (!isJsonObject(value) || path.length > MOST_LEVELS) return null;
  if (Object.keys(value).some((key) => IDENTIFYING.test(key))) return path;
  for (const [key, member] of Object.entries(value)) {
    const found = personIn(member, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}
