import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { EventDetail } from '../../../src/ports/log.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { createFakeSource } from '../../support/fake-source.ts';
import { NOON_MS } from '../../support/manual-clock.ts';

const MINUTE_MS = 60_000;
const EVENT: JsonObject = {
  eventName: 'LevelChanged',
  storeCode: 'de',
  member: 'ann',
  requestId: 'r-1',
  data: { to: 'Gold' },
};

async function stored(corridor: Corridor, id: number): Promise<EventDetail> {
  const event = await corridor.store.event(id);
  if (!event) throw new Error(`There is no event ${id}`);
  return event;
}

describe('a body that is no event', () => {
  const cutLetter = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3]), Buffer.from('"}')]);

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'The body is empty'],
    ['text', 'hello', 'The body is not JSON'],
    ['half an object', '{"a":', 'The body is not JSON'],
    ['two objects', '{}{}', 'The body is not JSON'],
    ['an array', '[{"eventName":"A"}]', 'The body is an array, not a JSON object'],
    ['null', 'null', 'The body is null, not a JSON object'],
    ['a string', '"A"', 'The body is a string, not a JSON object'],
    ['a number', '1', 'The body is a number, not a JSON object'],
    ['invalid UTF-8', cutLetter, 'The body is not UTF-8'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'The body is not JSON'],
  ])('such as %s is refused, and nothing is stored', async (_what, body, message) => {
    const corridor = createCorridor();
    await expect(corridor.receive(body)).rejects.toMatchObject({ code: 'SOURCE_NOT_JSON', message });
    expect((await corridor.store.events({}, { before: null, limit: 10 })).items).toEqual([]);
    expect(corridor.hints.accepted).toBe(0);
  });
});

describe('an odd event is stored all the same', () => {
  it('with a byte order mark before it', async () => {
    const corridor = createCorridor();
    await corridor.receive(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"eventName":"A"}')]));
    expect(await stored(corridor, 1)).toMatchObject({ name: 'A', body: '{"eventName":"A"}' });
  });

  it('without a name, as unmatched (none)', async () => {
    const corridor = createCorridor();
    await corridor.receive({});
    await corridor.route();
    expect(await stored(corridor, 1)).toMatchObject({ name: '(none)', status: 'unmatched', deliveries: [] });
    expect(await corridor.store.unmatchedNames(10)).toMatchObject([{ name: '(none)', count: 1 }]);
  });

  it('nested 64 levels deep, and is routed', async () => {
    const corridor = createCorridor();
    await corridor.receive(nested(64));
    await corridor.route();
    expect(await stored(corridor, 1)).toMatchObject({ status: 'routed', code: null });
  });

  it.each([65, 10_000, 100_000])('nested %i levels deep, as failed, and is never routed', async (levels) => {
    const corridor = createCorridor();
    await corridor.receive(nested(levels));
    await corridor.route();
    const event = await stored(corridor, 1);
    expect(event).toMatchObject({ status: 'failed', code: 'SOURCE_TOO_DEEP', member: null, deliveries: [] });
    expect(event.body).toBe(nested(levels));
    expect(corridor.engine.jobs).toEqual([]);
  });

  it('nested too deep and sent again under another request id, once', async () => {
    const corridor = createCorridor();
    await corridor.receive(nested(70, '"requestId":"r-1",'));
    expect(await corridor.receive(nested(70, '"requestId":"r-2",'))).toEqual({ eventId: 1, duplicate: true });
  });

  it('with a key twice: the last one counts, the text keeps both', async () => {
    const corridor = createCorridor();
    const text = '{"eventName":"First","eventName":"Last"}';
    await corridor.receive(text);
    expect(await stored(corridor, 1)).toMatchObject({ name: 'Last', body: text });
  });

  it('with __proto__ keys, which name nothing and change no prototype', async () => {
    const corridor = createCorridor();
    const text = '{"__proto__":{"eventName":"Evil","polluted":true},"data":{"__proto__":{"polluted":true}}}';
    await corridor.receive(text, ['data.secret', '__proto__.polluted']);
    const event = await stored(corridor, 1);
    expect(event.name).toBe('(none)');
    expect(JSON.parse(event.body)).toEqual(JSON.parse(text.replace('"polluted":true', '"polluted":null')));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('with letters of every alphabet, byte for byte', async () => {
    const corridor = createCorridor();
    const text = '{"eventName":"Ä😀\\u00e4","n":1.0e+2,"big":12345678901234567890 , "x":"\\/"}';
    await corridor.receive(text);
    expect((await stored(corridor, 1)).body).toBe(text);
  });
});

describe('an accepted event', () => {
  it('is answered with its id, told to the router, and known by its envelope', async () => {
    const corridor = createCorridor();
    const sent = { ...EVENT, messageId: 'm-1', createdAt: NOON_MS - 5 };
    expect(await corridor.receive(sent)).toEqual({ eventId: 1, duplicate: false });
    expect(corridor.hints.accepted).toBe(1);
    expect(await stored(corridor, 1)).toMatchObject({
      name: 'LevelChanged',
      source: 'loyalty',
      storeCode: 'de',
      messageId: 'm-1',
      member: 'de/ann',
      status: 'accepted',
      clockMs: NOON_MS - 5,
      receivedAtMs: NOON_MS,
      body: JSON.stringify(sent),
    });
  });

  it('has the time of receipt as its clock when it names none', async () => {
    const corridor = createCorridor();
    await corridor.receive(EVENT);
    expect(await stored(corridor, 1)).toMatchObject({ clockMs: NOON_MS });
  });

  it('is not answered when the store refuses it', async () => {
    const corridor = createCorridor();
    const error = new Error('disk full');
    corridor.store.accept = async () => [{ ok: false, error }];
    await expect(corridor.receive(EVENT)).rejects.toBe(error);
    corridor.store.accept = async () => [];
    await expect(corridor.receive(EVENT)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(corridor.hints.accepted).toBe(0);
  });
});

describe('a repeat with a message id', () => {
  const FIRST = { ...EVENT, messageId: 'm-1' };

  it('is a duplicate for as long as the event is kept', async () => {
    const corridor = createCorridor();
    await corridor.receive(FIRST);
    await corridor.clock.advance(80 * 24 * 60 * MINUTE_MS);
    expect(await corridor.receive(FIRST)).toEqual({ eventId: 1, duplicate: true });
    expect(corridor.hints.accepted).toBe(1);
    expect(await stored(corridor, 1)).toMatchObject({ duplicates: 1 });
  });

  it.each([
    ['another message id', { messageId: 'm-2' }],
    ['another event name', { eventName: 'PointsEarned' }],
    ['another tenant', { storeCode: 'pl' }],
  ])('is an event of its own with %s', async (_what, change) => {
    const corridor = createCorridor();
    await corridor.receive(FIRST);
    expect(await corridor.receive({ ...FIRST, ...change })).toEqual({ eventId: 2, duplicate: false });
  });

  it('is an event of its own when another source sends it', async () => {
    const corridor = createCorridor({ source: createFakeSource({ id: 'shop' }) });
    await corridor.receive(FIRST);
    const other = createCorridor();
    other.store.accept = corridor.store.accept;
    expect(await other.receive(FIRST)).toEqual({ eventId: 2, duplicate: false });
  });

  it('is no cause for alarm when only its request id changed', async () => {
    const corridor = createCorridor();
    await corridor.receive(FIRST);
    await corridor.receive({ ...FIRST, requestId: 'r-2' });
    expect(corridor.log.lines).toEqual([]);
  });

  it('warns when its body differs, and the first one counts', async () => {
    const corridor = createCorridor();
    await corridor.receive(FIRST);
    const changed = { ...FIRST, data: { to: 'Platinum' } };
    expect(await corridor.receive(changed)).toEqual({ eventId: 1, duplicate: true });
    expect(corridor.log.lines).toMatchObject([{ level: 'warn', fields: { stage: 'receive', event: 1 } }]);
    expect((await stored(corridor, 1)).body).toBe(JSON.stringify(FIRST));
  });
});

describe('a repeat without a message id', () => {
  it('is a duplicate for ten minutes, whatever its request id and the order of its keys', async () => {
    const corridor = createCorridor();
    await corridor.receive(EVENT);
    await corridor.clock.advance(10 * MINUTE_MS);
    const shuffled = Object.fromEntries(Object.entries({ ...EVENT, requestId: 'r-2' }).reverse());
    expect(await corridor.receive(shuffled)).toEqual({ eventId: 1, duplicate: true });
  });

  it('is an event of its own after ten minutes: two equal events may be genuine', async () => {
    const corridor = createCorridor();
    await corridor.receive(EVENT);
    await corridor.clock.advance(10 * MINUTE_MS + 1);
    expect(await corridor.receive(EVENT)).toEqual({ eventId: 2, duplicate: false });
  });

  it('is an event of its own when anything else differs', async () => {
    const corridor = createCorridor();
    await corridor.receive(EVENT);
    expect(await corridor.receive({ ...EVENT, data: { to: 'Silver' } })).toMatchObject({ duplicate: false });
    expect(await corridor.receive({ ...EVENT, data: { requestId: 'r-1', to: 'Gold' } })).toMatchObject({ eventId: 3 });
  });
});

describe('a redacted value never reaches the disk', () => {
  const PATHS = ['data.customer.birthDate'];
  const SECRET = '1990-01-01';
  const customer = `{"birthDate":"${SECRET}","id":7}`;

  it.each([
    ['where its path leads', `{"data":{"customer":${customer}}}`],
    ['in every element of an array', `{"data":[{"customer":[${customer},${customer}]},{"customer":${customer}}]}`],
    ['behind a repeated key', `{"data":{"customer":${customer}},"data":{}}`],
    ['before a null of the same name', `{"data":{"customer":{"birthDate":"${SECRET}","birthDate":null}}}`],
    ['under an escaped name', `{"data":{"customer":{"birth\\u0044ate":"${SECRET}"}}}`],
    ['below the deepest level', `{"data":${'['.repeat(10_000)}{"customer":${customer}}${']'.repeat(10_000)}}`],
  ])('%s', async (_what, text) => {
    const corridor = createCorridor();
    await corridor.receive(text, PATHS);
    expect((await stored(corridor, 1)).body).not.toContain(SECRET);
  });

  it('and the rest of the body stays', async () => {
    const corridor = createCorridor();
    await corridor.receive(`{"data":{"customer":${customer}}}`, PATHS);
    expect((await stored(corridor, 1)).body).toBe('{"data":{"customer":{"birthDate":null,"id":7}}}');
  });

  it('and identifies nobody', async () => {
    const corridor = createCorridor();
    await corridor.receive(EVENT, ['member']);
    expect(await stored(corridor, 1)).toMatchObject({ member: null });
  });
});

describe('a body that carries several events', () => {
  const split = (body: JsonObject) =>
    Array.isArray(body['data']) ? body['data'].map((data) => ({ ...body, data })) : [body];
  const several = () => createCorridor({ source: createFakeSource({ split }) });

  it('becomes one event for each, in order, in one answer', async () => {
    const corridor = several();
    const answer = await corridor.receive({ ...EVENT, messageId: null, data: [{ points: 1 }, { points: 2 }] });
    expect(answer).toEqual({ eventId: 1, duplicate: false });
    expect(JSON.parse((await stored(corridor, 2)).body)).toMatchObject({ data: { points: 2 } });
  });

  it('is a duplicate as a whole, and equal elements in it are events of their own', async () => {
    const corridor = several();
    const body = { ...EVENT, data: [{ points: 1 }, { points: 1 }] };
    expect(await corridor.receive(body)).toEqual({ eventId: 1, duplicate: false });
    expect(await corridor.receive({ ...body, requestId: 'r-2' })).toEqual({ eventId: 1, duplicate: true });
    expect(await corridor.receive({ ...EVENT, data: [{ points: 1 }, { points: 1 }, { points: 1 }] })).toMatchObject({
      duplicate: false,
    });
    expect((await corridor.store.events({}, { before: null, limit: 10 })).items).toHaveLength(3);
  });

  it('is kept whole as failed when it carries more than anyone sends', async () => {
    const corridor = several();
    await corridor.receive({ ...EVENT, data: Array.from({ length: 10_001 }, () => 0) });
    expect((await corridor.store.events({}, { before: null, limit: 10 })).items).toMatchObject([
      { status: 'failed', code: 'SOURCE_TOO_MANY' },
    ]);
  });
});

/** A body in which `levels` objects nest in each other, itself included. */
function nested(levels: number, first = ''): string {
  const inner = '{"a":'.repeat(levels - 2);
  return `{${first}"eventName":"Deep","storeCode":"de","member":"ann","data":${inner}{}${'}'.repeat(levels - 1)}`;
}
