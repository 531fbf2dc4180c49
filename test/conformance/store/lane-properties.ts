import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryRow } from '../../../src/ports/log.ts';
import type { Store } from '../../../src/ports/store.ts';
import { attemptDraft, idsOf, offer, T0 } from './drafts.ts';
import { Player } from './history-player.ts';
import { anyStep, type Step } from './history-steps.ts';
import type { Time } from './history-upkeep.ts';
import type { OpenStore } from './opened-store.ts';

const EVERYTHING = { before: null, limit: 200 } as const;

/** What two workers do: one after the other, or in the same turn. */
type Moment = readonly [first: Step, second: Step | null];

const anyMoment: fc.Arbitrary<Moment> = fc.tuple(anyStep, fc.option(anyStep, { freq: 2, nil: null }));

/** Lanes under any history of two workers: run it against stores that open fast. */
export function laneProperties(name: string, open: OpenStore, numRuns: number): void {
  describe(`lanes in ${name}, whatever two workers do`, () => {
    it('have one delivery in flight at most, and send in the order of acceptance; nothing is ever stuck', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyMoment, { minLength: 10, maxLength: 40 }), async (moments) => {
          const { store } = await open();
          const time = { nowMs: T0 };
          const watch = new LaneWatch(store);
          const [left, right] = [new Player(store, time), new Player(store, time)];
          for (const [first, second] of moments) {
            if (second === null || isReordering(first) || isReordering(second)) {
              await watch.look([{ step: first, answer: await left.play(first) }]);
              if (second) await watch.look([{ step: second, answer: await right.play(second) }]);
              continue;
            }
            const answers = await Promise.all([left.play(first), right.play(second)]);
            await watch.look([first, second].map((step, index) => ({ step, answer: answers[index] })));
          }
          await watch.expectToEnd(time);
          await store.close();
        }),
        { numRuns },
      );
    });
  });
}

/** What brings several to their lanes, of which some are older than those there: it is watched by itself. */
function isReordering({ do: what }: Step): boolean {
  return what === 'look' || what === 'redeliver' || what === 'reprocess' || what === 'go on replaying';
}

/** A step, and what the store answered. */
interface Played {
  readonly step: Step;
  readonly answer: unknown;
}

/** Looks at all lanes after each moment, through the log and the open claims alone. */
class LaneWatch {
  readonly #store: Store;
  /** When a delivery came to the lane it is in; ones that came together stand in the order of their ids. */
  #enteredAt: ReadonlyMap<number, number> = new Map();
  /** Those that left their lane by hand. */
  readonly #released = new Set<number>();
  /** Those that came to it in an order that cannot be told from outside. */
  readonly #untold = new Set<number>();
  readonly #lastSent = new Map<string, readonly [moment: number, id: number]>();
  readonly #sent = new Set<number>();
  #moment = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async look(played: readonly Played[]): Promise<void> {
    this.#moment += 1;
    for (const one of played) this.#noteReleased(one);
    const { items } = await this.#store.deliveries({}, EVERYTHING);
    const oldestFirst = [...items].reverse();
    const isTold = !played.some(({ step }) => step.do === 'look');
    this.#noteEntries(
      oldestFirst.filter((row) => this.#isInLane(row)),
      isTold,
    );
    const inFlight = new Set(idsOf(await this.#store.expiredClaims(0, 200, true)));
    this.#expectHeads(oldestFirst, inFlight);
    for (const row of oldestFirst.filter(({ id }) => inFlight.has(id))) this.#noteSent(row);
  }

  /** Once nothing new happens and every answer is good, everything pending is delivered. */
  async expectToEnd(time: Time): Promise<void> {
    time.nowMs += 9_000_000;
    for (let round = 0; round < 200; round++) {
      for (const claim of await this.#store.expiredClaims(time.nowMs, 50, true)) await this.#deliver(claim, time);
      const destinations = await this.#store.pendingDestinations();
      if (destinations.length === 0) break;
      for (const destination of destinations) {
        const leave = offer({ destination, leaseEndMs: time.nowMs + 30_000 });
        const claimed = await this.#store.claimDeliveries({ ...leave, limit: 3, nowMs: time.nowMs });
        expect(claimed, `something is pending to ${destination}, and nothing to claim`).not.toEqual([]);
      }
      await this.look([]);
    }
    const { items } = await this.#store.deliveries({ status: 'pending' }, EVERYTHING);
    expect(items).toEqual([]);
  }

  async #deliver({ id: deliveryId, claimNo }: { readonly id: number; readonly claimNo: number }, { nowMs }: Time) {
    const attempt = attemptDraft();
    const decision = { kind: 'delivered' } as const;
    await this.#store.settleAttempts([{ deliveryId, claimNo, attempt, decision, shareLimit: null, nowMs }]);
  }

  #noteReleased({ step, answer }: Played): void {
    if (step.do !== 'release' || !Array.isArray(answer)) return;
    for (const [index, id] of step.ids.entries()) if (answer[index] === 'applied') this.#released.add(id);
  }

  #noteEntries(laned: readonly DeliveryRow[], isTold: boolean): void {
    const before = this.#enteredAt;
    this.#enteredAt = new Map(laned.map(({ id }) => [id, before.get(id) ?? this.#moment]));
    if (!isTold) for (const { id } of laned) if (!before.has(id)) this.#untold.add(id);
  }

  /** Those of `tier-change` queue in the lane of their member, if they have one. */
  #isInLane({ id, mapping, member, status }: DeliveryRow): boolean {
    return mapping === 'tier-change' && member !== null && status === 'pending' && !this.#released.has(id);
  }

  /** Who is blocked is blocked by its lane's head, which is blocked by nobody; only heads are in flight. */
  #expectHeads(rows: readonly DeliveryRow[], inFlight: ReadonlySet<number>): void {
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const row of rows) {
      if (row.blockedBy === null) continue;
      const head = byId.get(row.blockedBy);
      expect(row.status).toBe('pending');
      expect(head).toMatchObject({ status: 'pending', blockedBy: null, member: row.member });
      expect(head?.destination).toBe(row.destination);
      expect(inFlight.has(row.id), `${row.id} is in flight behind ${row.blockedBy}`).toBe(false);
    }
    const laned = rows.filter((row) => inFlight.has(row.id) && this.#isInLane(row));
    expect(new Set(laned.map(laneOf)).size, 'two of one lane are in flight').toBe(laned.length);
  }

  #noteSent(row: DeliveryRow): void {
    if (!this.#isInLane(row) || this.#sent.has(row.id) || this.#untold.has(row.id)) return;
    this.#sent.add(row.id);
    const lane = laneOf(row);
    const place = [this.#enteredAt.get(row.id) ?? 0, row.id] as const;
    const [lastMoment, lastId] = this.#lastSent.get(lane) ?? [0, 0];
    const isInOrder = place[0] > lastMoment || (place[0] === lastMoment && row.id > lastId);
    expect(isInOrder, `${row.id} overtook ${lastId} in ${lane}`).toBe(true);
    this.#lastSent.set(lane, place);
  }
}

function laneOf({ member, destination }: DeliveryRow): string {
  return JSON.stringify([member, destination]);
}
