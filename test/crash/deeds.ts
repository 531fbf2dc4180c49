import { oneOf } from './chance.ts';
import { partsOf } from './oracle.ts';

/** What was done to the server on purpose: it excuses what follows from it, and nothing else. */
export class Deeds {
  /** `evt_…` of events that were reprocessed: other bytes may follow, at the lane's tail. */
  readonly reprocessed = new Set<string>();
  /** What the API answered and never should. */
  readonly unexpected: string[] = [];
  /** Message ids by `evt_…`, as the 202s said. */
  readonly messageOf = new Map<string, string>();
  /** `evt_… mapping` of deliveries that somebody meant to skip, or to release. */
  readonly #skipped = new Set<string>();
  readonly #released = new Set<string>();
  /** Members that were forgotten, and since when nothing of theirs may be sent, in ms. */
  readonly forgottenMs = new Map<string, number>();
  readonly #wallets = new Map<string, { readonly tag: string; readonly sequence: number }>();
  readonly #recent: string[] = [];
  readonly #eventOf = new Map<string, string>();

  /** An event was answered with 202. */
  accepted(messageId: string, eventId: string): void {
    this.messageOf.set(eventId, messageId);
    this.#eventOf.set(messageId, eventId);
    this.#recent[this.messageOf.size % 500] = eventId;
  }

  /** Somebody waits for the fact about a wallet. */
  needs(tag: string, sequence: number): void {
    this.#wallets.set(`${tag} ${Math.floor(sequence / 20)}`, { tag, sequence });
  }

  wallets(): Iterable<{ readonly tag: string; readonly sequence: number }> {
    return this.#wallets.values();
  }

  someEvents(count: number, random: () => number): readonly string[] {
    const some = Array.from({ length: count }, () => oneOf(this.#recent, random));
    return [...new Set(some.flatMap((id) => id ?? []))].filter((id) => !this.#isDoomed(id));
  }

  touched(eventId: string, mapping: string, action: 'skip' | 'release'): void {
    (action === 'skip' ? this.#skipped : this.#released).add(`${eventId} ${mapping}`);
  }

  wasSkipped(messageId: string, mapping: string): boolean {
    return this.#skipped.has(`${this.#eventOf.get(messageId)} ${mapping}`);
  }

  wasReprocessed(messageId: string): boolean {
    const event = this.#eventOf.get(messageId);
    return event !== undefined && this.reprocessed.has(event);
  }

  /** Whether it may arrive out of turn. */
  isOutOfTurn(messageId: string, mapping: string): boolean {
    const key = `${this.#eventOf.get(messageId)} ${mapping}`;
    return this.#released.has(key) || this.#skipped.has(key) || this.wasReprocessed(messageId);
  }

  #isDoomed(eventId: string): boolean {
    return partsOf(this.messageOf.get(eventId) ?? '').tag.startsWith('d');
  }
}
