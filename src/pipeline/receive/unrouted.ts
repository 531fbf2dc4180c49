import { PARTITIONS } from '../../core/event.ts';

/**
 * Knows which partitions have events that are stored, or about to be, and not routed yet: an event that comes later must
 * queue behind them, or the order of its member would be lost.
 */
export class Unrouted {
  readonly #waiting = new Int32Array(PARTITIONS);
  /** The first event of this process life that was stored unrouted: older ones were never counted. */
  #firstId: number | null = null;
  /** The last event that was there when nothing was left to hand out for the first time; null = not yet. */
  #oldUntil: number | null = null;
  #oldOpen = 0;

  /** Whether nothing stands before an event of this partition. False until what an earlier life left is routed. */
  isClear(partition: number): boolean {
    return this.#oldUntil !== null && this.#oldOpen === 0 && this.#waiting[partition] === 0;
  }

  /** An event is about to be stored unrouted. */
  enter(partition: number): void {
    this.#waiting[partition] = (this.#waiting[partition] ?? 0) + 1;
  }

  /** It was stored. */
  stored(eventId: number): void {
    this.#firstId ??= eventId;
  }

  /** It was not stored after all: a repeat, or the store refused. */
  leave(partition: number): void {
    this.#waiting[partition] = (this.#waiting[partition] ?? 0) - 1;
  }

  /** No stored event is left to be handed out; `open` of those handed out so far, up to `lastId`, are not settled. */
  exhausted(lastId: number, open: number): void {
    if (this.#oldUntil !== null) return;
    this.#oldUntil = lastId;
    this.#oldOpen = open;
  }

  /** An event that was handed out is routed. */
  routed(partition: number, eventId: number): void {
    if (this.#oldUntil !== null && eventId <= this.#oldUntil) this.#oldOpen -= 1;
    if (this.#firstId !== null && eventId >= this.#firstId) this.leave(partition);
  }
}
