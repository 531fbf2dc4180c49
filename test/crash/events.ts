import type { Deeds } from './deeds.ts';
import type { Kind } from './mapping-texts.ts';
import type { OracleOptions } from './oracle.ts';

/** How many of a hundred events are of a kind; all others are level changes. */
const SHARES: readonly (readonly [kind: Kind, percent: number])[] = [
  ['u', 25],
  ['r', 10],
  ['p', 3],
  ['t', 3],
  ['f', 4],
];

/** What the members do: mostly what runs inline, some of what needs a thread, some that waits, some that is refused. */
export function eventsFor(deeds: Deeds, random: () => number): Required<Pick<OracleOptions, 'kindOf' | 'onAccepted'>> {
  return {
    kindOf(tag, sequence) {
      const kind = kindAt(random() * 100);
      if (kind === 'r') deeds.needs(tag, sequence);
      return kind;
    },
    onAccepted: (messageId, eventId) => deeds.accepted(messageId, eventId),
  };
}

function kindAt(dice: number): Kind {
  let upTo = 0;
  for (const [kind, percent] of SHARES) {
    upTo += percent;
    if (dice < upTo) return kind;
  }
  return 'l';
}
