import type { Fact } from '../../src/core/event.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Source } from '../../src/ports/source.ts';

/** Builds a source whose bodies name everything at the top: `eventName`, `storeCode`, `messageId`, `createdAt` (ms), `member`, `teaches`. */
export function createFakeSource(overrides: Partial<Source> = {}): Source {
  return {
    id: 'loyalty',
    verifiesBody: false,
    verify: ({ headers }) =>
      headers['x-token'] === 'right'
        ? { genuine: true, signature: null }
        : { genuine: false, reason: 'the token is wrong' },
    split: (body) => [body],
    read: (body) => ({
      name: textOf(body['eventName']),
      storeCode: textOf(body['storeCode']) ?? '',
      messageId: textOf(body['messageId']),
      createdAtMs: typeof body['createdAt'] === 'number' ? body['createdAt'] : null,
    }),
    identify: (body, clockMs) => ({
      member: textOf(body['member']) === null ? null : `${textOf(body['storeCode']) ?? ''}/${textOf(body['member'])}`,
      aliases: [],
      facts: factsOf(body, clockMs),
    }),
    lessonOf: (fact) => ({
      member: textOf(fact.value['name']) === null ? null : `${fact.storeCode}/${textOf(fact.value['name'])}`,
      aliases: [],
      facts: [{ ...fact, source: 'loyalty', learnedAtMs: 0 }],
    }),
    catalogue: { events: new Map() },
    ...overrides,
  };
}

/** `teaches: { w-1: … }` teaches one fact of kind `wallet` per key. */
function factsOf(body: JsonObject, learnedAtMs: number): readonly Fact[] {
  const teaches = body['teaches'];
  if (!isJsonObject(teaches)) return [];
  const storeCode = textOf(body['storeCode']) ?? '';
  return Object.entries(teaches).map(([key, value]) => {
    return { source: 'loyalty', storeCode, kind: 'wallet', key, value, learnedAtMs };
  });
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
