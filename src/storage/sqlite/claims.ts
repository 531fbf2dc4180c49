import type { Database } from 'better-sqlite3';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { Claim } from '../../ports/store.ts';
import { CLAIMED_COLUMNS, type ClaimedRow, claimedDelivery } from './claimed-rows.ts';
import type { Names } from './names.ts';
import type { Tables } from './tables.ts';

/** Pending heads and laneless deliveries that nobody has claimed: one partial index, flat whatever the history. */
const CLAIMABLE = `delivery d INDEXED BY delivery_claim WHERE d.status = 'pending' AND d.head = 1 AND d.owner IS NULL`;

const DUE = `SELECT ${CLAIMED_COLUMNS} FROM ${CLAIMABLE} AND d.destination = +? AND d.endpoint = +?
    AND d.background = +? AND d.due_ms <= +?
  ORDER BY d.due_ms, d.id LIMIT +?`;

/** From one endpoint of the index to the next, whatever lies between. */
const NEXT_ENDPOINT = `SELECT min(d.endpoint) FROM ${CLAIMABLE} AND d.destination = +? AND d.endpoint > +?`;

/**
 * From one destination of the index to the next: every lane with anything pending has a head, unclaimed or in flight, and
 * those in flight are few.
 */
const PENDING_DESTINATIONS = `WITH RECURSIVE found (id) AS (
    SELECT (SELECT min(d.destination) FROM ${CLAIMABLE})
    UNION ALL
    SELECT (SELECT min(d.destination) FROM ${CLAIMABLE} AND d.destination > found.id)
    FROM found WHERE found.id IS NOT NULL
  )
  SELECT text FROM name WHERE id IN (
    SELECT id FROM found
    UNION SELECT destination FROM delivery INDEXED BY delivery_owned WHERE owner IS NOT NULL)
  ORDER BY text`;

/** Prepares the look for destinations that anything is pending to. */
export function pendingDestinations(db: Database): () => readonly string[] {
  const all = db.prepare<[], string>(PENDING_DESTINATIONS).pluck();
  return () => all.all();
}

/** Prepares the claim: a transition too, its lease written before a byte is sent. `owner` is this process life. */
export function claiming(tables: Tables, owner: number): (claim: Claim) => readonly ClaimedDelivery[] {
  const { db, names, openClaims } = tables;
  const choose = choosing(tables);
  const own = db.prepare<[number, number, number, number]>(
    'UPDATE delivery SET claim_no = ?, owner = ?, due_ms = ? WHERE id = ?',
  );
  return (claim) =>
    choose(claim).map((row) => {
      const { id, mapping, destination, member, pos, attempts } = row;
      const claimNo = row.claim_no + 1;
      own.run(claimNo, owner, claim.leaseEndMs, id);
      openClaims.set(id, { id, mapping, destination, member, pos, attempts, claim_no: claimNo, owner });
      return claimedDelivery(names, row, claimNo);
    });
}

/** Live deliveries, the longest due first whatever their endpoint; those of a replay in the room that is left. */
function choosing({ db, names }: Tables): (claim: Claim) => readonly ClaimedRow[] {
  const due = db.prepare<[number, number, 0 | 1, number, number], ClaimedRow>(DUE);
  const next = db.prepare<[number, number], number | null>(NEXT_ENDPOINT).pluck();
  const open = (destination: number, paused: readonly string[]): readonly number[] => {
    const found: number[] = [];
    let endpoint = next.get(destination, 0) ?? null;
    while (endpoint !== null) {
      if (!paused.includes(names.textOf(endpoint))) found.push(endpoint);
      endpoint = next.get(destination, endpoint) ?? null;
    }
    return found;
  };
  return ({ destination: name, pausedEndpoints, limit, nowMs }) => {
    const destination = names.known(name);
    if (destination === null) return [];
    const endpoints = open(destination, pausedEndpoints);
    const oldest = (background: 0 | 1, room: number): readonly ClaimedRow[] => {
      const rows = endpoints.flatMap((endpoint) => due.all(destination, endpoint, background, nowMs, room));
      return endpoints.length > 1 ? rows.sort(byDue).slice(0, room) : rows;
    };
    const live = oldest(0, limit);
    return live.length < limit ? [...live, ...oldest(1, limit - live.length)] : live;
  };
}

/** Prepares the look for claims that nobody will settle. */
export function expiries(
  db: Database,
  names: Names,
): (nowMs: number, limit: number, all: boolean) => readonly ClaimedDelivery[] {
  const owned = db.prepare<[number, number], ClaimedRow>(
    `SELECT ${CLAIMED_COLUMNS} FROM delivery d INDEXED BY delivery_owned
     WHERE d.owner IS NOT NULL AND d.due_ms <= +? ORDER BY d.due_ms, d.id LIMIT +?`,
  );
  return (nowMs, limit, all) =>
    owned.all(all ? Number.MAX_SAFE_INTEGER : nowMs, limit).map((row) => claimedDelivery(names, row, row.claim_no));
}

function byDue(left: ClaimedRow, right: ClaimedRow): number {
  return left.due_ms - right.due_ms || left.id - right.id;
}
