import type { Database } from 'better-sqlite3';

/** The place of a delivery that nothing is before: it is its lane's head from the start. */
export const FIRST_POS = 1;

/** The pending deliveries of one member to one destination, in order. Only inside a transaction. */
export interface Lanes {
  /** The place behind the last pending one; `FIRST_POS` in an empty lane. */
  nextPos(member: number, destination: number): number;
  /** Makes the first pending one the head. */
  promote(member: number, destination: number): void;
}

// `+?` here and in every statement with ORDER BY or LIMIT on this way: with a bare `?` SQLite looks at the bound value to
// choose its plan, and so prepares the statement anew each time (ten times the cost). See `sqlite3ExprIsInteger` in its source.
const IN_LANE = `FROM delivery INDEXED BY delivery_lane
  WHERE member = +? AND destination = +? AND status = 'pending' AND pos IS NOT NULL`;

/** Opens the lanes of this database. */
export function openLanes(db: Database): Lanes {
  const last = db.prepare<[number, number], number>(`SELECT pos ${IN_LANE} ORDER BY pos DESC LIMIT 1`).pluck();
  const promote = db.prepare<[number, number]>(
    `UPDATE delivery SET head = 1 WHERE id = (SELECT id ${IN_LANE} ORDER BY pos LIMIT 1)`,
  );
  return {
    nextPos: (member, destination) => (last.get(member, destination) ?? FIRST_POS - 1) + 1,
    promote: (member, destination) => void promote.run(member, destination),
  };
}
