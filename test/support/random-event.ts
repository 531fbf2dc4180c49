import fc from 'fast-check';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';

/** What one-time codes look like in random events: nothing that is sent may hold it. */
export const ONE_TIME_CODE = 'one-time-secret';
/** The same as a number. */
export const ONE_TIME_NUMBER = 482_913_482_913;

/** Wallets that several events share, so that some reminders find what others taught. */
export const WALLET_IDS = ['w-shared-1', 'w-shared-2', 'w-shared-3', 'w-shared-4'] as const;

const DAY_MS = 86_400_000;
const MEMBERS = 50;
/** Ids that may turn up twice in one event, as a target that is the member. */
const SHARED_UUIDS = Array.from({ length: 6 }, (_, index) => `7239e6f7-e52e-466b-8c24-69970000000${index}`);

/** What the schemas leave open and the mappings ask for. Source of the values: Open Loyalty's help pages and REST schemas. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  amountChangeType: ['add', 'p2p_add', 'subtract', 'p2p_subtract'],
  documentType: ['sell', 'return'],
  newStatus: ['issued', 'packing', 'shipped', 'canceled'],
  oldStatus: ['issued', 'packing', 'shipped', 'canceled'],
  target: [...SHARED_UUIDS, 'referrer', 'self'],
  achievementRuleId: ['rule-1', 'rule-2'],
  name: ['Gold', 'VIP', 'Staff', 'Points'],
};

/** A body of this event: what the schema says, with nulls and gaps anywhere but in the envelope's name. */
export function randomEvent(eventName: string, schema: JsonObject): fc.Arbitrary<JsonObject> {
  const data = propertiesOf(schema)['data'];
  const envelope = {
    messageId: holey(fc.uuid(), 20),
    requestId: holey(fc.uuid(), 20),
    storeCode: holey(fc.constantFrom('DEFAULT', 'DEFAULT', 'germany', 'Île de Ré', ''), 20),
    createdAt: holey(
      fc.oneof({ weight: 9, arbitrary: moment(2020, 2030) }, { arbitrary: moment(1971, 2999), weight: 1 }),
      20,
    ),
    data: holey(valueFor(isJsonObject(data) ? data : {}, 'data'), 40),
  };
  return fc.record(envelope).map((body) => ({ ...withoutGaps(body), eventName }));
}

/** Marks a key that is left out: JSON has no word for it. */
const GAP = Symbol('left out');
type Holey = Json | typeof GAP;

/** Now and then null, now and then not there at all. */
function holey(value: fc.Arbitrary<Json>, weight: number): fc.Arbitrary<Holey> {
  return fc.oneof(
    { weight, arbitrary: value },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant<Holey>(GAP) },
  );
}

function withoutGaps(record: Readonly<Record<string, Holey>>): JsonObject {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]): [string, Json][] => (value === GAP ? [] : [[key, value]])),
  );
}

function valueFor(schema: JsonObject, path: string): fc.Arbitrary<Json> {
  const secret = secretAt(path);
  if (secret !== null) return fc.constant(secret);
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  const branches = [schema['oneOf'], schema['anyOf']].find(Array.isArray)?.filter(isJsonObject) ?? [];
  if (isJsonObject(schema['properties']) || schema['type'] === 'object') return objectOf(schema, branches, path);
  if (branches.length > 0) return fc.oneof(...branches.map((branch) => valueFor(branch, path)));
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type'] ?? null];
  return fc.oneof(...types.map((type) => scalarOrList(String(type), schema, path)));
}

/** With branches, an object has the fields of one of them, too. */
function objectOf(schema: JsonObject, branches: readonly JsonObject[], path: string): fc.Arbitrary<Json> {
  const fields = fieldsOf(propertiesOf(schema), path);
  if (branches.length === 0) return fields;
  const further = fc.oneof(...branches.map((branch) => fieldsOf(propertiesOf(branch), path)));
  return fc.tuple(fields, further).map(([own, more]) => ({ ...own, ...more }));
}

function fieldsOf(properties: JsonObject, path: string): fc.Arbitrary<JsonObject> {
  const entries = Object.entries(properties).map(([key, of]) => {
    return [key, holey(valueFor(isJsonObject(of) ? of : {}, `${path}.${key}`), 12)] as const;
  });
  return fc.record(Object.fromEntries(entries)).map(withoutGaps);
}

function scalarOrList(type: string, schema: JsonObject, path: string): fc.Arbitrary<Json> {
  if (type === 'array') return listOf(schema['items'] ?? null, path);
  if (type === 'null') return fc.constant(null);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.oneof(fc.nat({ max: 6 }), fc.maxSafeInteger());
  if (type === 'number' || type === 'float') return number();
  if (type === 'string') return text(schema, path);
  return fc.oneof(text({}, path), number(), fc.boolean(), fc.constant(null));
}

function listOf(items: Json, path: string): fc.Arbitrary<Json> {
  const item = valueFor(isJsonObject(items) ? items : {}, `${path}[]`);
  return fc.array(fc.oneof({ weight: 30, arbitrary: item }, { weight: 1, arbitrary: fc.constant(null) }), {
    maxLength: 6,
  });
}

/** Mostly what a loyalty programme counts, now and then what a 32-bit float can hold at most and at least. */
function number(): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 100_000 }).map((units) => units / 100) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, 3.4e38, -3.4e38, 1.2e-38, 2 ** 53) },
    { weight: 1, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0) },
  );
}

function text({ format }: JsonObject, path: string): fc.Arbitrary<string> {
  const key = path.slice(path.lastIndexOf('.') + 1);
  const words = WORDS[key];
  if (key === 'walletId' || key === 'accountId') return fc.oneof(fc.constantFrom(...WALLET_IDS), fc.uuid());
  if (format === 'uuid') return fc.oneof(fc.constantFrom(...SHARED_UUIDS), fc.uuid());
  if (format === 'date-time') return fc.oneof(moment(2020, 2030), moment(1, 9998));
  if (format === 'email' || /email$/i.test(key)) return email();
  const any = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 20 }));
  if (!words) return any;
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: any });
}

/** Mostly of a few members; some are no addresses at all. */
function email(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.nat({ max: MEMBERS }).map((index) => `Member.${index}@Example.com`) },
    { weight: 2, arbitrary: fc.emailAddress() },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '-', 'null', 'undefined', 'NULL', 'żółć@例え.jp') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  );
}

/** A time between two years, in any offset, with or without decimals. */
function moment(fromYear: number, toYear: number): fc.Arbitrary<string> {
  const min = Date.parse(`${String(fromYear).padStart(4, '0')}-01-02T00:00:00Z`);
  const max = Date.parse(`${toYear}-12-30T00:00:00Z`);
  const offset = fc.constantFrom(0, 0, 60, 120, -210, 840);
  return fc.tuple(fc.integer({ min, max }), offset, fc.boolean()).map(([ms, minutes, hasDecimals]) => {
    const local = new Date(Math.min(ms + minutes * 60_000, max + DAY_MS)).toISOString();
    const zone = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
    return `${local.slice(0, hasDecimals ? 23 : 19)}${minutes === 0 ? 'Z' : zone}`;
  });
}

/** Where Open Loyalty puts one-time secrets. */
function secretAt(path: string): Json {
  if (/^data\.(code|redemptionCode)$/.test(path) || path === 'data.issuedReward.token') return ONE_TIME_CODE;
  return path === 'data.codeNumber' ? ONE_TIME_NUMBER : null;
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {};
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
