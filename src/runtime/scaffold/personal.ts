import type { Json } from '../../core/json.ts';

/** What stands for a person in samples: by the name of the field, lower case, without `customer` or `member` before it. */
const MADE_UP: Readonly<Record<string, string>> = {
  email: 'ann@example.com',
  phone: '+48500100200',
  id: 'c-1',
  customerid: 'c-1',
  memberid: 'c-1',
  loyaltycardnumber: 'LC-1001',
  firstname: 'Ann',
  lastname: 'Kay',
  fullname: 'Ann Kay',
  name: 'Ann Kay',
  gender: 'female',
  birthdate: '1990-05-04T00:00:00+02:00',
  nip: '0000000000',
  taxnumber: '0000000000',
  companyname: 'Example',
  street: 'Long Street',
  address1: '1',
  address2: '2',
  postal: '00-000',
  city: 'Gdansk',
  province: 'PM',
  country: 'PL',
  referraltoken: 'r3f',
};

/** Names that mean a person wherever they stand; the others only below a person. */
const ALWAYS = new Set([
  'email',
  'phone',
  'customerid',
  'memberid',
  'loyaltycardnumber',
  'firstname',
  'lastname',
  'fullname',
]);
const PERSON = /^(customer|member)(Data)?$/;
const PREFIX = /^(customer|member)(?=[A-Z])/;

/** What stands in samples for a field that tells something of a person; null when it tells nothing. */
export function madeUp(path: readonly string[]): string | null {
  const key = path.at(-1) ?? '';
  const bare = key.replace(PREFIX, '').toLowerCase();
  const isPrefixed = PREFIX.test(key);
  const known = Object.hasOwn(MADE_UP, bare) ? bare : key.toLowerCase();
  const isBelowPerson = path.slice(0, -1).some((parent) => PERSON.test(parent));
  const means = ALWAYS.has(known) || isPrefixed || isBelowPerson;
  return means ? (MADE_UP[known] ?? null) : null;
}

/** Whether a field tells something of a person, also when nothing stands for it. */
export function isPersonal(path: readonly string[]): boolean {
  return (
    madeUp(path) !== null || path.slice(0, -1).some((parent) => PERSON.test(parent) || parent === 'customAttributes')
  );
}

/** Whether a field holds a code that lets whoever has it do something: reset a password, redeem a reward. */
export function isSecret(path: readonly string[]): boolean {
  const [parent = '', key = ''] = path.slice(-2);
  if (/token|password|secret|codeNumber|redemptionCode/i.test(key)) return true;
  return key === 'code' && (parent === 'data' || /coupon/i.test(parent));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Free text may name anybody. */
const FREE_TEXT = /comment|description|note|message|reason|label|payload/i;
const ADDRESS = /[^\s@]+@[^\s@]+/;
const LONG_DIGITS = /\d[\d\s()-]{6,}\d/;

/**
 * A real event's data without what tells who it was about: identifiers and whatever else a person is known by become made
 * up, ids become others (equal ones stay equal), free text becomes a word; numbers, times and names of things stay.
 */
export function withoutPersons(value: Json): Json {
  const ids = new Map<string, string>();
  return replaced(value, ['data'], (path, text) => replacement(path, text, ids));
}

/** Whether YAML or JSON would lose digits, or the number is written with an exponent. */
function isUnsafe(value: number): boolean {
  return Math.abs(value) > 1e15 || String(value).includes('e');
}

type Replace = (path: readonly string[], text: string) => string;

function replaced(value: Json, path: readonly string[], replace: Replace): Json {
  if (typeof value === 'number') return isSecret(path) || isPersonal(path) || isUnsafe(value) ? 1 : value;
  if (typeof value === 'string') return replace(path, value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => replaced(item, path, replace));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, replaced(member, [...path, key], replace)]),
  );
}

function replacement(path: readonly string[], text: string, ids: Map<string, string>): string {
  const other = madeUp(path);
  if (other !== null) return other;
  if (UUID.test(text)) return remembered(text, ids);
  const key = path.at(-1) ?? 'text';
  if (isTime(text)) return text;
  const mayTell =
    isSecret(path) || isPersonal(path) || FREE_TEXT.test(key) || ADDRESS.test(text) || LONG_DIGITS.test(text);
  return mayTell ? key : text;
}

function remembered(id: string, ids: Map<string, string>): string {
  const known = ids.get(id) ?? sampleUuid(ids.size + 1);
  ids.set(id, known);
  return known;
}

/** A UUID that is obviously made up. */
export function sampleUuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Whether a text is a point in time. */
function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text);
}
