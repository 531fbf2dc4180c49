import type { Fact } from '../../core/event.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { eventNameOf } from './envelope.ts';
import { identifiersIn } from './identifiers.ts';
import { identifierAt, type KeyPath, keyPath } from './json-path.ts';

/** What a kind of event teaches: a fact under a key, about the person the event names. */
interface Remembered {
  readonly kind: string;
  readonly events: readonly string[];
  /** Paths in the body; the first that holds a text is the fact's key. */
  readonly key: readonly KeyPath[];
  /** Kept next to the person's identifiers: group → field → path in the body. */
  readonly details: Readonly<Record<string, Readonly<Record<string, KeyPath>>>>;
}

/**
 * Everything Open Loyalty's events teach. PointsWillExpire names only an account, and an account is a wallet: these are
 * the events that tell whose. `accountId` is the older name of `wallet.walletId`. Of the last two nothing is published
 * that names a wallet: they teach where they do.
 */
const REMEMBERS: readonly Remembered[] = [
  {
    kind: 'wallet',
    events: [
      'AvailablePointsAmountChanged',
      'UnitsTransferWasAdded',
      'WalletBalanceUpdated',
      'account.available_points_amount_changed',
    ],
    key: [keyPath('data.wallet.walletId'), keyPath('data.accountId')],
    details: {
      wallet: { code: keyPath('data.wallet.walletType.code'), name: keyPath('data.wallet.walletType.name') },
    },
  },
];

const TEXT: JsonObject = { type: 'string' };

/** What facts hold, as far as the event that taught them said it: kind → JSON Schema of the value. */
export function factSchemas(): ReadonlyMap<string, JsonObject> {
  return new Map(REMEMBERS.map(({ kind, details }) => [kind, objectSchema(details)]));
}

function objectSchema(details: Remembered['details']): JsonObject {
  const groups = mapValues(details, (fields) => closed(mapValues(fields, () => TEXT)));
  return closed({ customerId: TEXT, email: TEXT, phone: TEXT, loyaltyCardNumber: TEXT, ...groups });
}

function closed(properties: JsonObject): JsonObject {
  return { type: 'object', properties, additionalProperties: false };
}

/** An event, as it is asked what it teaches. */
export interface Lesson {
  readonly source: string;
  readonly storeCode: string;
  readonly body: JsonObject;
  readonly clockMs: number;
}

/** The facts an event teaches; none when it does not say whose. Values hold only what the event says, never null. */
export function learnedFacts(lesson: Lesson): readonly Fact[] {
  const name = eventNameOf(lesson.body);
  return REMEMBERS.flatMap((remembered) => {
    if (name === null || !remembered.events.includes(name)) return [];
    const fact = learnedFact(remembered, lesson);
    return fact === null ? [] : [fact];
  });
}

function learnedFact(remembered: Remembered, { source, storeCode, body, clockMs }: Lesson): Fact | null {
  const key = identifierAt(body, remembered.key);
  const person = identifiersIn(body['data'] ?? null);
  if (key === null || person === null) return null;
  const details = mapValues(remembered.details, (paths) =>
    present(mapValues(paths, (path) => identifierAt(body, [path]))),
  );
  const value = { ...present({ ...person }), ...withoutEmpty(details) };
  return { source, storeCode, kind: remembered.kind, key, value, learnedAtMs: clockMs };
}

/** The fields that say something. */
export function present(fields: Readonly<Record<string, Json>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function withoutEmpty(groups: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(Object.entries(groups).filter(([, group]) => Object.keys(group).length > 0));
}

function mapValues<From, To>(fields: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]));
}
