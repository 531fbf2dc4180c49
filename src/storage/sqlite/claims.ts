import type { Database } from 'better-sqlite3';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { Claim } from '../../ports/store.ts';
import { memberText } from './event-columns.ts';
import { type Packed, unpack } from './packed.ts';

const CLAIMED_COLUMNS = `d.id AS id, d.event AS eventId,
  (SELECT text FROM name WHERE id = d.event_name) AS event,
  (SELECT text FROM name WHERE id = (SELECT source FROM event WHERE id = d.event)) AS source,
  (SELECT text FROM name WHERE id = d.mapping) AS mapping,
  (SELECT version FROM mapping_version WHERE id = d.version) AS mappingVersion,
  (SELECT text FROM name WHERE id = d.destination) AS destination,
  (SELECT text FROM name WHERE id = d.endpoint) AS endpoint,
  (SELECT text FROM name WHERE id = (SELECT prefix FROM member WHERE id = d.member)) AS memberPrefix,
  (SELECT value FROM member WHERE id = d.member) AS memberValue,
  (SELECT request FROM frozen WHERE delivery = d.id) AS request,
  d.claim_no AS claimNo, d.retries, d.attempts, d.since_ms AS pendingSinceMs`;

interface ClaimedRow extends Omit<ClaimedDelivery, 'mappingVersion' | 'member'> {
  readonly mappingVersion: Packed;
  readonly memberPrefix: string | null;
  readonly memberValue: Packed | null;
}

/** Due heads and laneless deliveries, oldest due first: one partial index, flat whatever the history. */
const DUE_HEADS = `SELECT ${CLAIMED_COLUMNS} FROM delivery d INDEXED BY delivery_claim
  WHERE d.destination = (SELECT id FROM name WHERE text = ?) AND d.status = 'pending' AND d.head = 1 AND d.due_ms <= ?
    AND d.owner IS NULL
  ORDER BY d.due_ms, d.id LIMIT ?`;

/** From one destination of the index to the next, whatever lies between: every lane with anything pending has a head. */
const PENDING_DESTINATIONS = `WITH RECURSIVE found (id) AS (
    SELECT min(destination) FROM delivery INDEXED BY delivery_claim WHERE status = 'pending' AND head = 1
    UNION ALL
    SELECT (SELECT min(destination) FROM delivery INDEXED BY delivery_claim
            WHERE status = 'pending' AND head = 1 AND destination > found.id)
    FROM found WHERE found.id IS NOT NULL
  ) SELECT text FROM found JOIN name ON name.id = found.id ORDER BY text`;

/** Prepares the look for destinations that anything is pending to. */
export function pendingDestinations(db: Database): () => readonly string[] {
  const all = db.prepare<[], string>(PENDING_DESTINATIONS).pluck();
  return () => all.all();
}

/** Prepares the claim: a transition too, its lease written before a byte is sent. `owner` is this process life. */
export function claiming(db: Database, owner: number): (claim: Claim) => readonly ClaimedDelivery[] {
  const due = db.prepare<[string, number, number], ClaimedRow>(DUE_HEADS);
  const own = db.prepare<[number, number, number]>(
    'UPDATE delivery SET claim_no = claim_no + 1, owner = ?, due_ms = ? WHERE id = ?',
  );
  return ({ destination, limit, nowMs, leaseEndMs }) =>
    due.all(destination, nowMs, limit).map((row) => {
      own.run(owner, leaseEndMs, row.id);
      return claimed({ ...row, claimNo: row.claimNo + 1 });
    });
}

/** Prepares the look for claims that nobody will settle. */
export function expiries(db: Database): (nowMs: number, limit: number, all: boolean) => readonly ClaimedDelivery[] {
  const owned = db.prepare<[number, number], ClaimedRow>(
    `SELECT ${CLAIMED_COLUMNS} FROM delivery d INDEXED BY delivery_owned
     WHERE d.owner IS NOT NULL AND d.due_ms <= ? ORDER BY d.due_ms, d.id LIMIT ?`,
  );
  return (nowMs, limit, all) => owned.all(all ? Number.MAX_SAFE_INTEGER : nowMs, limit).map(claimed);
}

function claimed({ memberPrefix, memberValue, mappingVersion, ...row }: ClaimedRow): ClaimedDelivery {
  return { ...row, mappingVersion: unpack(mappingVersion), member: memberText({ memberPrefix, memberValue }) };
}
