import { type Identity, type ImportedFact, SEEDED_AT_MS } from '../../core/event.ts';
import { identifiersIn, memberKeys } from './identifiers.ts';

/**
 * What an imported fact says of whom: its value holds the person's `customerId`, `loyaltyCardNumber`, `email` and
 * `phone`, as the facts that events teach do. Pure; never throws.
 */
export function lessonOf(source: string, fact: ImportedFact): Identity {
  const person = identifiersIn({ customer: fact.value });
  const [member = null, ...aliases] = person === null ? [] : memberKeys(fact.storeCode, person);
  return { member, aliases, facts: [{ ...fact, source, learnedAtMs: SEEDED_AT_MS }] };
}
