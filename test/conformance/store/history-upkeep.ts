import { NOTHING_REPLAYED, sumOfCounts } from '../../../src/core/replay.ts';
import type { Replay, ReplayChoice, ReprocessedEvent } from '../../../src/ports/replays.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { Forgetting, Pruned } from '../../../src/ports/upkeep.ts';
import { drafts } from './history-drafts.ts';
import type { Step } from './history-steps.ts';

/** The time of a history; two players may share it. */
export interface Time {
  nowMs: number;
}

/** Plays what is done with what is stored: replays, retention, forgetting. */
export class UpkeepPlayer {
  readonly #store: Store;
  readonly #time: Time;
  readonly #redeliveries: number[] = [];

  constructor(store: Store, time: Time) {
    this.#store = store;
    this.#time = time;
  }

  async redeliver({ status, limit }: Extract<Step, { readonly do: 'redeliver' }>): Promise<unknown> {
    const filter = status === null ? {} : { status };
    const choice = { mode: 'redeliver', selection: { kind: 'delivery-filter', filter }, mapping: null } as const;
    const { id } = await this.#order(choice);
    this.#redeliveries.push(id);
    await this.#store.redeliverStep(id, limit, this.#time.nowMs);
    return this.#progress(id);
  }

  async reprocess({ ids: events, made: all }: Extract<Step, { readonly do: 'reprocess' }>): Promise<unknown> {
    const choice = { mode: 'reprocess', selection: { kind: 'events', ids: events }, mapping: null } as const;
    const { nowMs } = this.#time;
    const { id, after, upTo } = await this.#order(choice);
    const next = await this.#store.replayedEvents(choice, { after, upTo }, 2);
    const decided = next.events.map(({ event }): ReprocessedEvent => {
      const deliveries = drafts(all, { member: event.member, run: 0, nowMs });
      const status = deliveries.length === 0 ? 'unmatched' : 'routed';
      return { eventId: event.id, routed: { status, deliveries }, isRefused: false };
    });
    await this.#store.reprocessStep(id, decided, next.rest, nowMs);
    return [next.events, await this.#progress(id)];
  }

  async #order(choice: ReplayChoice): Promise<Replay> {
    const upTo = await this.#store.replayEnd(choice.mode);
    const { chosen: total } = await this.#store.countReplay(choice, { after: 0, upTo });
    return this.#store.createReplay({ ...choice, upTo, total, ratePerSecond: null, nowMs: this.#time.nowMs });
  }

  async goOn(limit: number): Promise<unknown> {
    const id = this.#redeliveries.find((one) => one % 2 === limit % 2) ?? 0;
    await this.#store.redeliverStep(id, limit, this.#time.nowMs);
    return this.#progress(id);
  }

  /** Without where it stands: a store may find out only later that nothing is left. */
  async #progress(id: number): Promise<unknown> {
    const replay = await this.#store.replay(id);
    return replay && sumOfCounts(NOTHING_REPLAYED, replay);
  }

  /** A whole sweep, in small batches; how many events went. */
  async prune(beforeMs: number): Promise<number> {
    let events = 0;
    for (let after: number | null = 0; after !== null; ) {
      const pruned: Pruned = await this.#store.prune({ beforeMs, after, limit: 3 });
      events += pruned.events;
      after = pruned.next;
    }
    return events;
  }

  /** Until it is done, or something that went in flight meanwhile holds it up. */
  async forget(member: string): Promise<unknown> {
    const [begun] = await this.#store.beginForgetting([member], this.#time.nowMs);
    let step: Forgetting | null = begun ?? null;
    for (let turn = 0; turn < 30 && step && step.stage !== 'done' && !step.isHeldUp; turn++) {
      step = await this.#store.forgetStep(step.id, 2, this.#time.nowMs);
    }
    // Its number says nothing: a store may keep one for whoever it ever knew.
    return step && { ...step, id: 0 };
  }
}
