import type { FilterUse } from './filters.ts';

/** Filters used together. */
export interface Query<Filter> {
  readonly title: string;
  readonly of: (row: number, rows: number) => Filter;
}

/** Every use alone, every two of different filters, and every three of those meant for it. Pure. */
export function queriesOf<Filter>(uses: readonly FilterUse<Filter>[]): {
  readonly single: readonly Query<Filter>[];
  readonly combined: readonly Query<Filter>[];
} {
  const tripled = uses.filter(({ isTripled }) => isTripled);
  const pairs = together(
    uses.map((use) => [use]),
    uses,
  );
  const triples = together(
    together(
      tripled.map((use) => [use]),
      tripled,
    ),
    tripled,
  );
  return { single: uses.map((use) => queryOf([use])), combined: [...pairs, ...triples].map(queryOf) };
}

type Group<Filter> = readonly FilterUse<Filter>[];

/** Each group with one more use of a filter it has not; only of later ones, so that none comes twice. */
function together<Filter>(groups: readonly Group<Filter>[], uses: Group<Filter>): readonly Group<Filter>[] {
  return groups.flatMap((group) => {
    const last = uses.indexOf(group.at(-1) as FilterUse<Filter>);
    const others = uses.slice(last + 1).filter(({ key }) => group.every((use) => use.key !== key));
    return others.map((use) => [...group, use]);
  });
}

function queryOf<Filter>(group: Group<Filter>): Query<Filter> {
  const title = group.map((use) => use.title).join(' + ');
  const of = (row: number, rows: number) => Object.assign({}, ...group.map((use) => use.of(row, rows))) as Filter;
  return { title, of };
}
