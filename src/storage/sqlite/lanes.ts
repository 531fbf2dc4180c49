import type { Database } from 'better-sqlite3';

/** A place in a lane. */
interface Place {
  readonly pos: number;
  /** 1 when nothing is before it. */
  readonly head: 0 | 1;
}

/** The pending deliveries of one member to one destination, in order. Only inside a transaction. */
export interface Lanes {
  /** The place behind the last pending one. */
  tail(member: number, destination: number): Place;
  /** Makes the first pending one the head. */
  promote(member: number, destination: number): void;
}

const IN_LANE = `FROM delivery INDEXED BY delivery_lane
  WHERE member = ? AND destination = ? AND status = 'pending' AND pos IS NOT NULL`;

/** Opens the lanes of this database. */
export function openLanes(db: Database): Lanes {
  const last = db.prepare<[number, number], number>(`SELECT pos ${IN_LANE} ORDER BY pos DESC LIMIT 1`).pluck();
  const promote = db.prepare<[number, number]>(
    `UPDATE delivery SET head = 1 WHERE id = (SELECT id ${IN_LANE} ORDER BY pos LIMIT 1)`,
  );
  return {
    tail(member, destination) {
      const pos = last.get(member, destination);
      return pos === undefined ? { pos: 1, head: 1 } : { pos: pos + 1, head: 0 };
    },
    promote: (member, destination) => void promote.run(member, destination),
  };
}
