import { hash } from 'node:crypto';
import type { JournalEntry } from '../../src/sandbox/bloomreach/journal.ts';
import type { AuditCall } from './audit-sink.ts';
import { partsOf } from './oracle.ts';

/** What the destinations saw of one event and one mapping. */
export interface Seen {
  readonly eventId: string;
  readonly mapping: string;
  /** Calls by the bytes they carried, as a hash. */
  readonly texts: Map<string, number>;
  /** Calls by the delivery they named (`dlv_…`); those that travelled alone named none. */
  readonly deliveries: Map<string, number>;
  readonly anonymous: Map<string, number>;
  isTaken: boolean;
}

/** The destinations' side of the books: every call that was read, taken or not. */
export class Ledger {
  /** By event and mapping. */
  readonly seen = new Map<string, Seen>();
  /** The bytes that came under each delivery's id, as hashes. */
  readonly bytesOf = new Map<string, Set<string>>();
  /** First arrivals per member and destination, in order. */
  readonly lanes = new Map<string, Seen[]>();
  /** When something about a member came last, in ms. */
  readonly lastMs = new Map<string, number>();
  calls = 0;

  /** What Bloomreach saw. */
  note({ data, command_id: delivery, outcome, receivedAtMs }: JournalEntry): void {
    // A call that was reset before it was read left no bytes to compare.
    if (data === '') return;
    const { event_id: eventId, mapping } = JSON.parse(data).properties;
    const isTaken = outcome === 'stored' || outcome === 'duplicate';
    this.#add(
      { lane: 'bloomreach', eventId: String(eventId), mapping: String(mapping), data, delivery, isTaken },
      receivedAtMs,
    );
  }

  /** What the other system saw. */
  noteAudit({ delivery, body, isTaken }: AuditCall, nowMs: number): void {
    const { event_id: eventId, mapping } = JSON.parse(body);
    this.#add(
      { lane: 'audit', eventId: String(eventId), mapping: String(mapping), data: body, delivery, isTaken },
      nowMs,
    );
  }

  #add(call: Call, nowMs: number): void {
    const { eventId, mapping, delivery, isTaken } = call;
    const { tag } = partsOf(eventId);
    this.calls += 1;
    this.lastMs.set(tag, nowMs);
    const text = hashOf(call.data);
    const one = this.seen.get(`${eventId} ${mapping}`) ?? this.#first(call, tag);
    one.isTaken ||= isTaken;
    count(one.texts, text);
    if (delivery === null) count(one.anonymous, text);
    else count(one.deliveries, delivery);
    if (delivery !== null) this.bytesOf.set(delivery, (this.bytesOf.get(delivery) ?? new Set()).add(text));
  }

  #first({ eventId, mapping, lane }: Call, tag: string): Seen {
    const one: Seen = {
      ...{ eventId, mapping, isTaken: false },
      ...{ texts: new Map(), deliveries: new Map(), anonymous: new Map() },
    };
    this.seen.set(`${eventId} ${mapping}`, one);
    const arrivals = this.lanes.get(`${tag} ${lane}`) ?? [];
    this.lanes.set(`${tag} ${lane}`, arrivals);
    arrivals.push(one);
    return one;
  }
}

interface Call {
  readonly lane: string;
  readonly eventId: string;
  readonly mapping: string;
  readonly data: string;
  readonly delivery: string | null;
  readonly isTaken: boolean;
}

/** What bytes are compared by. */
export function hashOf(text: string): string {
  return hash('sha1', text, 'base64');
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
