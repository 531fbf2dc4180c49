import { suggest } from '../core/suggest.ts';
import type { Log, NamedBy } from '../ports/log.ts';
import { harmless, say } from './terminal.ts';

/** Known names that are listed where none is like the one that was given. */
const MOST_LISTED = 20;

/** The filters by a name; a misspelt one finds nothing, and says nothing. */
const NAMED: readonly NamedBy[] = ['mapping', 'event', 'source', 'destination', 'endpoint'];

/** Says, where nothing was found, which names no row has, and which were meant. */
export async function sayUnknownNames(
  kind: 'delivery' | 'event',
  filter: Partial<Record<NamedBy, string>>,
  log: Pick<Log, 'names'>,
): Promise<void> {
  for (const by of NAMED) {
    const given = filter[by];
    if (given === undefined) continue;
    const known = await log.names(by);
    if (!known.includes(given)) say(harmless(`No ${kind} has the ${by} "${given}"${meant(given, known)}`));
  }
}

function meant(given: string, known: readonly string[]): string {
  const candidate = suggest(given, known);
  if (candidate !== null) return `; did you mean ${candidate}?`;
  return known.length === 0 || known.length > MOST_LISTED ? '.' : `; known: ${known.join(', ')}.`;
}
