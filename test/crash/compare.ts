import Database from 'better-sqlite3';
import { publicId } from '../../src/core/id.ts';
import { type Packed, unpack } from '../../src/storage/sqlite/packed.ts';
import type { Deeds } from './deeds.ts';
import { hashOf, type Ledger, type Seen } from './ledger.ts';
import { OWED } from './mapping-texts.ts';
import { type Oracle, partsOf } from './oracle.ts';

/** What promise and outcome are compared by. */
export interface Books {
  readonly oracle: Pick<Oracle, 'issued' | 'owed'>;
  readonly ledger: Ledger;
  readonly deeds: Deeds;
  readonly database: string;
  /** Whether events were pruned or members forgotten: then the log need not have all. */
  readonly hasDeleted: boolean;
}

/** What is wrong, one line each. */
export interface Differences {
  /** Owed, and neither taken by its destination nor ended for a legitimate reason. */
  readonly lost: readonly string[];
  /** Sent, and never issued. */
  readonly invented: readonly string[];
  /** Repeats whose bytes differ from the first call's, or from what was frozen. */
  readonly changed: readonly string[];
  /** First arrivals behind a later event of the same member. */
  readonly outOfOrder: readonly string[];
  /** Calls without an attempt in the log. */
  readonly unlogged: readonly string[];
  /** Deliveries that ended as nobody and nothing meant them to. */
  readonly illegitimate: readonly string[];
  /** Members to whom something was sent after they were said to be forgotten. */
  readonly notForgotten: readonly string[];
}

/** One delivery of the log. */
interface Row {
  readonly id: number;
  readonly messageId: Packed;
  readonly mapping: string;
  readonly run: number;
  readonly status: string;
  readonly reason: string | null;
  readonly code: string | null;
  readonly attempts: number;
  readonly request: string | null;
}

type Log = ReadonlyMap<string, readonly Row[]>;

/** Holds what the destinations saw, and what the log says, against what was issued and owed. */
export function compare(books: Books): Differences {
  const log = readLog(books.database);
  return {
    lost: [...lost(books, log), ...claimed(books, log)],
    invented: invented(books),
    changed: changed(books, log),
    outOfOrder: [...books.ledger.lanes.values()].flatMap((lane) => outOfOrder(lane, books.deeds)),
    unlogged: unlogged(books, log),
    illegitimate: illegitimate(log, books.deeds),
    notForgotten: [...books.deeds.forgottenMs]
      .filter(([tag, sinceMs]) => (books.ledger.lastMs.get(tag) ?? 0) > sinceMs)
      .map(([tag]) => tag),
  };
}

function readLog(database: string): Log {
  const db = new Database(database, { readonly: true });
  try {
    const rows = db.prepare<[], Row>(
      `SELECT d.id, e.message_id AS messageId, (SELECT text FROM name WHERE id = d.mapping) AS mapping, d.run, d.status,
         d.reason, d.code, (SELECT count(*) FROM attempt WHERE delivery = d.id) AS attempts, f.request
       FROM delivery d JOIN event e ON e.id = d.event LEFT JOIN frozen f ON f.delivery = d.id`,
    );
    return Map.groupBy(rows.all(), ({ messageId, mapping }) => `${unpack(messageId)} ${mapping}`);
  } finally {
    db.close();
  }
}

const REFUSED = ['poison', 'toxic'];

function lost({ oracle, ledger, deeds, hasDeleted }: Books, log: Log): readonly string[] {
  return [...oracle.owed].flatMap((messageId) =>
    OWED[partsOf(messageId).kind].flatMap((mapping) => {
      const key = `${messageId} ${mapping}`;
      const seen = ledger.seen.get(key);
      if (seen?.isTaken) return [];
      const rows = log.get(key) ?? [];
      if (rows.some((row) => isMeant(row, messageId, deeds))) return [];
      const isExcused = deeds.wasSkipped(messageId, mapping) || (REFUSED.includes(mapping) && seen !== undefined);
      if (rows.length === 0 && hasDeleted && isExcused) return [];
      return [`${key}: ${rows.map(({ id, status, code }) => `${id} ${status} ${code}`).join() || 'not in the log'}`];
    }),
  );
}

/** Whether it was refused, skipped or taken back for a reason that this campaign gave. */
function isMeant({ mapping, status, reason, code }: Row, messageId: string, deeds: Deeds): boolean {
  if (status === 'dead') return REFUSED.includes(mapping) && code === 'DELIVERY_REJECTED';
  return status === 'skipped' && reason === 'by_hand' && deeds.wasSkipped(messageId, mapping);
}

/** Delivered, says the log, and no destination took it. */
function claimed({ ledger }: Books, log: Log): readonly string[] {
  return [...log].flatMap(([key, rows]) => {
    const isClaimed = rows.some(({ status }) => status === 'delivered');
    return isClaimed && !ledger.seen.get(key)?.isTaken ? [`${key}: said to be delivered, and never came`] : [];
  });
}

function illegitimate(log: Log, deeds: Deeds): readonly string[] {
  return [...log].flatMap(([key, rows]) => {
    const messageId = key.split(' ', 1)[0] ?? '';
    const newest = Math.max(...rows.map(({ run }) => run));
    const isFine = (row: Row): boolean => {
      if (row.status === 'delivered') return true;
      // Taken back for a newer run, and only where somebody asked for one.
      if (row.status === 'canceled') return row.run < newest && deeds.wasReprocessed(messageId);
      return isMeant(row, messageId, deeds);
    };
    return rows.filter((row) => !isFine(row)).map(({ id, status, code }) => `${key}: ${id} ${status} ${code}`);
  });
}

function invented({ oracle, ledger }: Books): readonly string[] {
  const issued = new Set([...oracle.issued.values()].flat());
  const isKnown = ({ eventId, mapping }: Seen): boolean => {
    const { tag, kind } = partsOf(eventId);
    return (issued.has(eventId) || tag.startsWith('d')) && (OWED[kind]?.includes(mapping) ?? false);
  };
  return [...ledger.seen].filter(([, seen]) => !isKnown(seen)).map(([key]) => key);
}

function changed({ ledger, deeds }: Books, log: Log): readonly string[] {
  const byDelivery = [...ledger.bytesOf].filter(([, texts]) => texts.size > 1).map(([delivery]) => delivery);
  const byKey = [...ledger.seen].filter(([, { texts, eventId }]) => texts.size > 1 && !deeds.wasReprocessed(eventId));
  const frozen = [...log].flatMap(([key, rows]) => {
    const seen = ledger.seen.get(key);
    const own = new Set(rows.map(({ request }) => hashOf(bytesIn(request))));
    return seen && [...seen.texts.keys()].some((text) => !own.has(text)) ? [`${key}: not as it was frozen`] : [];
  });
  return [...byDelivery, ...byKey.map(([key]) => key), ...frozen];
}

/** A Bloomreach command is sent as it was frozen; of a request to the other system only the body is compared. */
function bytesIn(request: string | null): string {
  if (request === null) return '';
  const { body } = JSON.parse(request);
  return body === undefined ? request : JSON.stringify(body);
}

/** Lines that lead anywhere but on. */
function outOfOrder(lane: readonly Seen[], deeds: Deeds): readonly string[] {
  let highest = -1;
  return lane.flatMap(({ eventId, mapping }) => {
    // A reminder joins its lane when its fact arrives.
    if (mapping === 'reminder' || deeds.isOutOfTurn(eventId, mapping)) return [];
    const { sequence } = partsOf(eventId);
    const isLate = sequence < highest;
    highest = Math.max(highest, sequence);
    return isLate ? [`${eventId} ${mapping} after ${highest}`] : [];
  });
}

function unlogged({ ledger, deeds, hasDeleted }: Books, log: Log): readonly string[] {
  return [...ledger.seen].flatMap(([key, { eventId, deliveries, anonymous }]) => {
    const rows = log.get(key);
    if (!rows)
      return hasDeleted || deeds.forgottenMs.has(partsOf(eventId).tag) ? [] : [`${key}: sent, and not in the log`];
    const attempts = new Map(rows.map((row) => [publicId('dlv', row.id), row.attempts]));
    const short = [...deliveries].filter(([delivery, calls]) => calls > (attempts.get(delivery) ?? 0));
    const calls = sum(deliveries.values()) + sum(anonymous.values());
    const logged = sum(attempts.values());
    if (short.length === 0 && calls <= logged) return [];
    return [`${key}: ${calls} calls, ${logged} attempts are logged`];
  });
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const one of counts) total += one;
  return total;
}
