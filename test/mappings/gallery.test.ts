import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../src/core/delivery.ts';
import type { MemberIdKind } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { ruleSetOf } from '../../src/core/rule-set.ts';
import { bloomreachEndpoints } from '../../src/destinations/bloomreach/endpoints.ts';
import { shape } from '../../src/pipeline/route/shape.ts';
import { eventOf } from '../../src/runtime/mapping-tests.ts';
import { createOpenLoyaltySource } from '../../src/sources/open-loyalty/source.ts';
import { createTransformEngine } from '../../src/transform/engine.ts';
import { ONE_TIME_CODE, ONE_TIME_NUMBER, randomEvent, WALLET_IDS } from '../support/random-event.ts';
import { compiledFiles, galleryFiles, knownWallets, literalEventType, MEMBERLESS, publishedEvents } from './gallery.ts';

const EVENTS_EACH = 100;
const RECEIVED_AT_MS = Date.parse('2026-02-11T09:30:00Z');

const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });
const engine = createTransformEngine({ deadlineMs: 5_000, workers: 1 });
afterAll(() => engine.close());

const mappings = compiledFiles(galleryFiles()).flatMap((file) => file.mappings);
const rules = ruleSetOf(mappings);
const events = publishedEvents();

/** Two of the shared wallets are known: one of somebody with an e-mail, one of somebody without. */
const facts = knownWallets(
  new Map<string, JsonObject>([
    [WALLET_IDS[0], { customerId: 'c-1', email: 'Ann@Example.com', wallet: { code: 'default', name: 'Points' } }],
    [WALLET_IDS[1], { customerId: 'c-2', loyaltyCardNumber: 'LC-2' }],
  ]),
);

/** What every mapping of the gallery makes of some bodies, body by body. */
async function draftsOf(
  name: string,
  bodies: readonly JsonObject[],
  memberIdKind: MemberIdKind = 'email',
): Promise<readonly (readonly DeliveryDraft[])[]> {
  const matched = rules.match(source.id, name);
  const shapings = bodies
    .map((body) => eventOf(source, JSON.stringify(body), RECEIVED_AT_MS))
    .flatMap((event) =>
      matched.map((mapping) => ({ event, mapping, run: 0, waitingSinceMs: event.clockMs, nowMs: event.clockMs })),
    );
  const endpoint = (_destination: string, name: string) => bloomreachEndpoints.get(name) ?? null;
  const drafts = await shape(shapings, { engine, endpoint, memberIdKind, facts });
  return bodies.map((_, index) => drafts.slice(index * matched.length, (index + 1) * matched.length).flat());
}

const isSent = ({ status }: DeliveryDraft) => status === 'pending';

describe('the gallery', () => {
  it('takes every event that is about members, and none of the others', () => {
    expect(events).toHaveLength(28);
    const taken = events.map(([name]) => name).filter((name) => rules.match(source.id, name).length > 0);
    expect(taken).toEqual(events.map(([name]) => name).filter((name) => !MEMBERLESS.includes(name)));
  });

  it('addresses members by $memberId everywhere, so that the id is chosen in one place', () => {
    for (const { id, text } of mappings) {
      expect(text, id).toMatch(/registered'?: "?=?\$memberId\(/);
      expect(text, id).toMatch(/^(when|each): [\s\S]*?\$exists\(\$memberId\(/m);
    }
  });

  it('names events after their mapping, in snake case', () => {
    const others = mappings.flatMap((mapping) => {
      const type = literalEventType(mapping);
      const named = `loyalty_${mapping.id.replaceAll('-', '_')}`;
      return mapping.endpoint !== 'event' || type === named ? [] : [[mapping.id, type]];
    });
    // The article that Pointsman follows names the first; a formula tells returns from purchases in the others.
    expect(others).toEqual([
      ['purchase', null],
      ['purchase-item', null],
      ['tier-change', 'loyalty_challenge'],
    ]);
  });

  it('gives every event an id and its tenant', () => {
    for (const { id, text } of mappings.filter(({ endpoint }) => endpoint === 'event')) {
      expect(text, id).toContain('\n    event_id: =$eventId()\n');
      expect(text, id).toContain('\n    tenant_code: =storeCode\n');
    }
  });
});

describe.each(events)('a random %s', (name, schema) => {
  const seed = [...name].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) | 0;
  const bodies = fc.sample(randomEvent(name, schema), { seed, numRuns: EVENTS_EACH });

  it('is sent, skipped or waits: never dead', async () => {
    const made = await draftsOf(name, bodies);
    const dead = made.flatMap((drafts, index) =>
      drafts
        .filter(({ status }) => !['pending', 'skipped', 'waiting'].includes(status))
        .map(({ mapping, status, code, detail }) => ({ mapping, status, code, detail, body: bodies[index] })),
    );
    expect(dead).toEqual([]);
    // Otherwise the rest of this would be proven of nothing.
    const sent = new Set(
      made
        .flat()
        .filter(isSent)
        .map(({ mapping }) => mapping),
    );
    expect([...sent].sort()).toEqual(
      rules
        .match(source.id, name)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it.each<MemberIdKind>(['customerId', 'phone', 'loyaltyCardNumber'])(
    'is never dead where Bloomreach knows members by %s',
    async (kind) => {
      const made = await draftsOf(name, bodies.slice(0, EVENTS_EACH / 2), kind);
      expect(made.flat().filter(({ status }) => !['pending', 'skipped', 'waiting'].includes(status))).toEqual([]);
    },
  );

  it('never sends a one-time code, nor the same event twice', async () => {
    for (const drafts of await draftsOf(name, bodies)) {
      const requests = drafts.filter(isSent).map(({ request }) => request ?? '');
      for (const request of requests) {
        expect(request).not.toContain(ONE_TIME_CODE);
        expect(request).not.toContain(String(ONE_TIME_NUMBER));
      }
      const sent = requests.map((request) => JSON.parse(request)).filter(({ event_type }) => event_type !== undefined);
      const ids = sent.map(({ event_type, properties }) => `${event_type} ${properties.event_id}`);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});
