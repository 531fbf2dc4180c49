import type { Access, Condition, Listing, ListQuery } from './list-query.ts';

/** The rows of a range of keys: the last parameters are its first key, the one it ends before, and the most rows. */
export function rangeSql({ listing, conditions }: ListQuery): Condition {
  const { columns, table, alias } = listing;
  const { sql, params } = allOf(conditions);
  return {
    sql: `SELECT ${columns} FROM ${table} ${alias} NOT INDEXED
      WHERE ${sql}${alias}.id >= ? AND ${alias}.id < ? ORDER BY ${alias}.id DESC LIMIT ?`,
    params,
  };
}

/** The newest keys of one way: the last parameters are the key they are below, and the most of them. */
export function keysSql({ table, alias }: Listing, { via, where }: Access): Condition {
  const { sql, params } = allOf(where);
  return {
    sql: `SELECT ${alias}.id FROM ${table} ${alias} ${via} WHERE ${sql}${alias}.id < ? ORDER BY ${alias}.id DESC LIMIT ?`,
    params,
  };
}

/** Keys of dead deliveries, out of their index alone: the last parameters are the range of keys. */
export function deadSql({ table, alias }: Listing, conditions: readonly Condition[]): Condition {
  const { sql, params } = allOf(conditions);
  return {
    sql: `SELECT ${alias}.id FROM ${table} ${alias} INDEXED BY delivery_dead
      WHERE ${alias}.status = 'dead' AND ${sql}${alias}.id >= ? AND ${alias}.id < ? ORDER BY ${alias}.id DESC`,
    params,
  };
}

/** The rows of these keys, in the keys' order: the first parameter is the keys as JSON, the last the most rows. */
export function rowsSql({ listing, conditions }: ListQuery): Condition {
  const { columns, table, alias } = listing;
  const { sql, params } = allOf(conditions);
  // CROSS keeps the order of the tables, and with it that of the keys.
  return {
    sql: `SELECT ${columns} FROM json_each(?) u CROSS JOIN ${table} ${alias} ON ${alias}.id = u.value
      WHERE ${sql}1 LIMIT ?`,
    params,
  };
}

/** Conditions that all hold, each followed by AND. */
export function allOf(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => `${sql} AND `).join(''),
    params: conditions.flatMap(({ params }) => params),
  };
}
