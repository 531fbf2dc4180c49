import Database from 'better-sqlite3';
import type { DeliveryStatus } from '../../../src/core/delivery.ts';
import type { ErrorCode } from '../../../src/core/errors.ts';
import type { EventStatus } from '../../../src/core/event.ts';
import { openBlocks } from '../../../src/storage/sqlite/blocks.ts';
import { migrate } from '../../../src/storage/sqlite/migrate.ts';
import { openNames } from '../../../src/storage/sqlite/names.ts';
import { countDelivery, countEvent, moveDelivery } from '../../../src/storage/sqlite/row-counts.ts';
import { openTimeBlocks } from '../../../src/storage/sqlite/time-blocks.ts';
import { T0 } from '../../conformance/store/drafts.ts';

/** An event of a filled log. */
export interface PlainEvent {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  /** The number in the member's identifiers; null = nobody. */
  readonly member: number | null;
  readonly messageId: string;
  readonly status: EventStatus;
  readonly atMs: number;
}

/** A delivery of a filled log. */
export interface PlainDelivery {
  readonly id: number;
  readonly event: PlainEvent;
  readonly mapping: string;
  readonly destination: string;
  readonly endpoint: string;
  readonly member: number | null;
  readonly code: ErrorCode | null;
  readonly atMs: number;
  status: DeliveryStatus;
}

/** A log of some thousand rows in a database in memory, with the same rows in plain. */
export interface FilledLog {
  readonly db: Database.Database;
  readonly events: readonly PlainEvent[];
  readonly deliveries: readonly PlainDelivery[];
  /** Gives a delivery another status, as a transition would. */
  move(delivery: PlainDelivery, to: DeliveryStatus): void;
}

/** More than are looked up one by one. */
const MEMBERS = 400;
const EVENTS = 4_000;
const DELIVERIES = 5_000;
const HOUR_MS = 3_600_000;

/** Fills a log over several blocks: rare and frequent values, clusters, gaps, a clock that jumped. */
export function filledLog(): FilledLog {
  const random = sequence(20_260_211);
  const events = Array.from({ length: EVENTS }, (_, index) => plainEvent(index + 1, random));
  const deliveries = Array.from({ length: DELIVERIES }, (_, index) => plainDelivery(index + 1, events, random));
  const kept = deliveries.filter(({ id }) => id < 1_500 || id > 1_700);
  const db = new Database(':memory:');
  migrate(db, ':memory:');
  const move = write(db, events, kept);
  return { db, events, deliveries: kept, move };
}

type Random = (below: number) => number;

function sequence(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function plainEvent(id: number, random: Random): PlainEvent {
  const member = random(3) === 0 ? 0 : random(MEMBERS);
  return {
    id,
    name: id > 2_100 && id < 2_130 ? 'RareEvent' : `Event${random(3)}`,
    source: random(50) === 0 ? 'other' : 'open-loyalty',
    member: random(20) === 0 ? null : member,
    messageId: `m-${id}`,
    status: id > EVENTS - 30 ? 'accepted' : random(900) === 0 ? 'failed' : random(9) === 0 ? 'unmatched' : 'routed',
    atMs: T0 + id * 60_000 + (id % 500 < 20 ? 48 * HOUR_MS : 0),
  };
}

function plainDelivery(id: number, events: readonly PlainEvent[], random: Random): PlainDelivery {
  const event = events[Math.floor((id * EVENTS) / DELIVERIES) - 1] ?? (events[0] as PlainEvent);
  const mapping = id % 1_777 === 0 ? 'rare' : `mapping-${random(4)}`;
  const status = statusOf(id, random);
  const isFailing = status === 'dead' || (status === 'pending' && random(2) === 0);
  return {
    ...{ id, event, mapping, status, member: event.member, atMs: event.atMs + random(HOUR_MS) },
    destination: mapping === 'mapping-3' ? 'crm' : 'bloomreach',
    endpoint: random(3) === 0 ? 'customer' : 'event',
    code: isFailing ? (random(3) === 0 ? 'DELIVERY_REJECTED' : 'DELIVERY_UNAVAILABLE') : null,
  };
}

function statusOf(id: number, random: Random): DeliveryStatus {
  if (id > DELIVERIES - 200 && random(2) === 0) return 'pending';
  if (id > 3_000 && id < 3_100) return 'dead';
  const dice = random(1_000);
  if (dice < 3) return 'waiting';
  if (dice < 6) return 'dead';
  if (dice < 7) return 'pending';
  return dice < 60 ? 'skipped' : 'delivered';
}

/** What rows are written with. */
interface Writing {
  readonly db: Database.Database;
  readonly names: ReturnType<typeof openNames>;
  readonly blocks: ReturnType<typeof openBlocks>;
  readonly times: ReturnType<typeof openTimeBlocks>;
}

function write(
  db: Database.Database,
  events: readonly PlainEvent[],
  deliveries: readonly PlainDelivery[],
): FilledLog['move'] {
  const writing = { db, names: openNames(db), blocks: openBlocks(db), times: openTimeBlocks(db) };
  const { names, blocks, times } = writing;
  db.transaction(() => {
    writeMembers(db, names.idOf('de/'), names.idOf('de/email:'));
    writeEvents(events, writing);
    writeDeliveries(deliveries, writing);
    times.flush();
    blocks.flush();
  })();
  const setStatus = db.prepare('UPDATE delivery SET status = ? WHERE id = ?');
  return (row, to) => {
    db.transaction(() => {
      setStatus.run(to, row.id);
      moveDelivery(blocks, { id: row.id, mapping: names.idOf(row.mapping) }, row.status, to);
      blocks.flush();
    })();
    row.status = to;
  };
}

function writeEvents(events: readonly PlainEvent[], { db, names, blocks, times }: Writing): void {
  const add = db.prepare(
    `INSERT INTO event (id, source, store_code, name, member, partition, message_id, status, clock_ms, received_ms)
     VALUES (?, ?, 1, ?, ?, 0, ?, ?, ?, ?)`,
  );
  for (const { id, member, messageId, status, atMs, ...event } of events) {
    const [name, source] = [names.idOf(event.name), names.idOf(event.source)];
    add.run(id, source, name, member === null ? null : member + 1, messageId, status, atMs, atMs);
    countEvent(blocks, { id, name, source }, status, 1);
    times.note('event', id, atMs);
  }
}

function writeDeliveries(deliveries: readonly PlainDelivery[], { db, names, blocks, times }: Writing): void {
  const addVersion = db.prepare('INSERT INTO mapping_version (id, mapping, version) VALUES (?, ?, ?)');
  const mappings = new Set(deliveries.map(({ mapping }) => names.idOf(mapping)));
  for (const mapping of mappings) addVersion.run(mapping, mapping, 'v1');
  const add = db.prepare(
    `INSERT INTO delivery (id, event, event_name, mapping, version, part, run, destination, endpoint, member, head,
       status, code, created_ms, since_ms, detail)
     VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
  );
  for (const { id, event, status, code, atMs, ...row } of deliveries) {
    const [event_name, mapping] = [names.idOf(event.name), names.idOf(row.mapping)];
    const [destination, endpoint] = [names.idOf(row.destination), names.idOf(row.endpoint)];
    const member = row.member === null ? null : row.member + 1;
    const standing = [destination, endpoint, member, status, code, atMs, atMs, `about ${id}`];
    add.run(id, event.id, event_name, mapping, mapping, id, ...standing);
    countDelivery(blocks, { id, event_name, mapping, destination, endpoint }, status, 1);
    times.note('delivery', id, atMs);
  }
}

/** Member n is known as de/c-n and de/email:user-n@example.com. */
function writeMembers(db: Database.Database, prefix: number, email: number): void {
  const add = db.prepare('INSERT INTO member (id, value, prefix) VALUES (?, ?, ?)');
  const know = db.prepare('INSERT INTO alias (member, value, prefix) VALUES (?, ?, ?)');
  for (let n = 0; n < MEMBERS; n++) {
    add.run(n + 1, `c-${n}`, prefix);
    know.run(n + 1, `user-${n}@example.com`, email);
  }
}
