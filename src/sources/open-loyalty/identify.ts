import type { Identity } from '../../core/event.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { eventNameOf, storeCodeOf } from './envelope.ts';
import { identifiersIn, memberKeys } from './identifiers.ts';
import { learnedFacts } from './remembers.ts';

/**
 * Who an event is about and what it teaches. Pure; never throws, whatever the body.
 * An event about several members (an array, as in AchievementsWereProcessed) belongs to none of them.
 */
export function identify(source: string, body: JsonObject, clockMs: number): Identity {
  const storeCode = storeCodeOf(body);
  const facts = learnedFacts({ source, storeCode, body, clockMs });
  const [keys, ...others] = peopleIn(body['data'] ?? null, storeCode);
  const [member, ...aliases] = keys ?? [];
  if (member === undefined || others.some((other) => other[0] !== member)) return { member: null, aliases: [], facts };
  const known = { member, aliases: others.length === 0 ? aliases : allAliases(aliases, others), facts };
  const person = CORRECTING.includes(eventNameOf(body) ?? '') ? identifiersIn(body['data'] ?? null) : null;
  return person?.customerId ? { ...known, correction: { ...person } } : known;
}

/**
 * Events that tell a member's identifiers anew, each of them or null. No wallet is named, but what her wallets taught
 * must not lead to an address she has given up.
 */
const CORRECTING: readonly string[] = ['CustomerUpdated', 'CustomerEmailWasChanged', 'CustomerPhoneNumberWasChanged'];

/** The member keys of each person in `data`; elements that name nobody are left out. */
function peopleIn(data: Json, storeCode: string): readonly (readonly string[])[] {
  const people: (readonly string[])[] = [];
  for (const part of Array.isArray(data) ? data : [data]) {
    const person = identifiersIn(part);
    if (person !== null) people.push(memberKeys(storeCode, person));
  }
  return people;
}

function allAliases(own: readonly string[], others: readonly (readonly string[])[]): readonly string[] {
  return [...new Set([...own, ...others.flatMap((other) => other.slice(1))])];
}
