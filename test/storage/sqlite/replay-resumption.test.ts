import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryDraft, DeliveryStatus } from '../../../src/core/delivery.ts';
import type { ReplayChoice, ReplayedEvent, ReprocessedEvent } from '../../../src/ports/replays.ts';
import type { Store } from '../../../src/ports/store.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { acceptRouted, claim, deliveryDraft, settledAttempt, T0 } from '../../conformance/store/drafts.ts';
import { temporaryFolder } from './temporary.ts';

const MEMBERS = ['Germany/ann', 'Germany/bob', null] as const;
const EVERYTHING = { before: null, limit: 200 } as const;

/** One event, and what became of its deliveries before the replay. */
interface Past {
  readonly member: number;
  readonly made: readonly {
    readonly status: DeliveryDraft['status'];
    readonly dies: boolean;
    readonly bytes: number;
  }[];
}

/** What happens around one step of the replay. */
interface Turn {
  readonly limit: number;
  /** The process dies: before the step, after what it read, or after its commit. */
  readonly kill: 'never' | 'before' | 'between' | 'after';
  readonly deliver: boolean;
  readonly prune: boolean;
}

const anyPast: fc.Arbitrary<Past> = fc.record({
  member: fc.nat(2),
  made: fc.array(
    fc.record({
      status: fc.constantFrom('pending', 'pending', 'dead', 'skipped', 'shadowed'),
      dies: fc.boolean(),
      bytes: fc.nat(2),
    }),
    { maxLength: 3 },
  ),
});
const anyTurn: fc.Arbitrary<Turn> = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  kill: fc.constantFrom('never', 'before', 'between', 'after'),
  deliver: fc.boolean(),
  prune: fc.boolean(),
});
const anyChoice: fc.Arbitrary<ReplayChoice> = fc.constantFrom<ReplayChoice>(
  { mode: 'redeliver', selection: { kind: 'delivery-filter', filter: { status: 'dead' } }, mapping: null },
  { mode: 'redeliver', selection: { kind: 'delivery-filter', filter: { status: 'shadowed' } }, mapping: null },
  { mode: 'reprocess', selection: { kind: 'event-filter', filter: {} }, mapping: null },
  { mode: 'reprocess', selection: { kind: 'delivery-filter', filter: { status: 'dead' } }, mapping: null },
);

/** A store on disk that can be killed: what was not committed is gone with its process. */
class Mortal {
  readonly #path = join(temporaryFolder(), 'pointsman.db');
  store: Store = openSqliteStore({ path: this.#path, nowMs: T0 });

  async kill(): Promise<void> {
    await this.store.close();
    this.store = openSqliteStore({ path: this.#path, nowMs: T0 });
  }
}

describe('a replay', () => {
  it('comes to the same however often it is killed on the way, and keeps what it has still to do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPast, { minLength: 1, maxLength: 8 }),
        anyChoice,
        fc.array(anyTurn, { maxLength: 12 }),
        async (past, choice, turns) => {
          const undisturbed = await replayed(past, choice, []);
          const disturbed = await replayed(past, choice, turns);
          expect(disturbed).toEqual(undisturbed);
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);
});

/** What the store shows after a replay, and after all that it made was sent. */
async function replayed(
  past: readonly Past[],
  choice: ReplayChoice,
  turns: readonly Turn[],
): Promise<readonly string[]> {
  const mortal = new Mortal();
  await fill(mortal.store, past);
  const upTo = await mortal.store.replayEnd(choice.mode);
  const { chosen } = await mortal.store.countReplay(choice, { after: 0, upTo });
  const { id } = await mortal.store.createReplay({ ...choice, upTo, total: chosen, ratePerSecond: null, nowMs: T0 });
  for (let turn = 0; turn < 50; turn++) {
    if (await isDone(mortal, id, turns[turn] ?? { limit: 100, kill: 'never', deliver: false, prune: false })) break;
  }
  const { looked, total, status } = (await mortal.store.replay(id)) ?? {};
  expect({ looked, status }).toEqual({ looked: total, status: 'done' });
  await deliverAll(mortal.store);
  const { items } = await mortal.store.deliveries({}, EVERYTHING);
  await mortal.store.close();
  return items
    .map((row) => `${row.eventId} ${row.mapping} ${row.part} run ${row.run} ${row.status} ${row.attempts}`)
    .sort();
}

async function isDone(mortal: Mortal, id: number, turn: Turn): Promise<boolean> {
  if (turn.kill === 'before') await mortal.kill();
  const replay = await mortal.store.replay(id);
  if (replay?.status !== 'running') return true;
  if (turn.prune) await pruneNothingOpen(mortal.store);
  if (replay.mode === 'redeliver') {
    if (turn.kill === 'between') await mortal.kill();
    await mortal.store.redeliverStep(id, turn.limit, T0);
  } else {
    const { events, rest } = await mortal.store.replayedEvents(replay, replay, turn.limit);
    if (turn.kill === 'between') await mortal.kill();
    await mortal.store.reprocessStep(id, events.map(madeAnew), rest, T0);
  }
  if (turn.kill === 'after') await mortal.kill();
  if (turn.deliver) await deliverAll(mortal.store);
  return false;
}

/** Today's mapping makes one request per event, by its id alone. */
function madeAnew({ event, status }: ReplayedEvent): ReprocessedEvent {
  const deliveries = [draftOf(event.id, event.member, 0)];
  return {
    eventId: event.id,
    routed: status === 'accepted' ? null : { status: 'routed', deliveries },
    isRefused: false,
  };
}

function draftOf(event: number, member: string | null, bytes: number): DeliveryDraft {
  return deliveryDraft({ member, request: JSON.stringify({ event: event % 2, bytes }) });
}

async function fill(store: Store, past: readonly Past[]): Promise<void> {
  for (const [index, { member, made }] of past.entries()) {
    const key = MEMBERS[member] ?? null;
    const drafts = made.map(({ status, bytes }, part) => {
      const draft = { ...draftOf(index + 1, key, bytes), part, status };
      if (status === 'dead')
        return { ...draft, code: 'TRANSFORM_ERROR' as const, request: part === 0 ? null : draft.request };
      return status === 'skipped' ? { ...draft, reason: 'condition' as const, request: null } : draft;
    });
    await acceptRouted(store, `m-${index}`, drafts, { member: key });
  }
  const dying = past.flatMap(({ made }, event) =>
    made.flatMap(({ dies }, part) => (dies ? [`${event + 1} ${part}`] : [])),
  );
  await deliverAll(store, (event, part) => dying.includes(`${event} ${part}`));
}

/** Sends everything; a delivery dies when it is told to, and never in a replay. */
async function deliverAll(store: Store, dies: (event: number, part: number) => boolean = () => false): Promise<void> {
  for (;;) {
    const claimed = await claim(store, { limit: 50 });
    if (claimed.length === 0) return;
    const parts = await Promise.all(claimed.map(({ id }) => store.delivery(id)));
    await store.settleAttempts(
      claimed.map(({ id: deliveryId, claimNo, eventId }, index) => {
        const isDead = dies(eventId, parts[index]?.part ?? 0);
        const dead = { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'it said no' } as const;
        return settledAttempt({ deliveryId, claimNo, decision: isDead ? dead : { kind: 'delivered' } });
      }),
    );
  }
}

/** Everything is old enough; only what is open, or still to be replayed, must stay. Nothing is: the clock stands. */
async function pruneNothingOpen(store: Store): Promise<void> {
  const openIds = async () => {
    const statuses: readonly DeliveryStatus[] = ['pending', 'waiting'];
    const pages = await Promise.all(statuses.map((status) => store.deliveries({ status }, EVERYTHING)));
    return pages.flatMap(({ items }) => items.map(({ id }) => id));
  };
  const before = await openIds();
  for (let after: number | null = 0; after !== null; )
    after = (await store.prune({ beforeMs: T0, after, limit: 3 })).next;
  expect(await openIds()).toEqual(before);
}
