import type { AmbiguousPolicy, RetryPolicy } from '../../core/retry-policy.ts';
import type { RuleSet } from '../../core/rule-set.ts';

/** The policies in force for the deliveries of one mapping. */
export interface Policies {
  readonly retry: RetryPolicy;
  readonly onAmbiguous: AmbiguousPolicy;
}

/** The policies of every mapping over those of one destination, worked out once per mapping and rule set. */
export interface PolicyBook {
  of(mapping: string): Policies;
  /** The most tries that one claim may take: a mapping may ask for more than its destination. */
  mostTries(): number;
}

/** The policies of a delivery's mapping over those of its destination. A mapping that is gone overrides nothing. */
export function policiesOf(mapping: string, destinationRetry: RetryPolicy, rules: RuleSet): Policies {
  const current = rules.byId.get(mapping);
  return { retry: { ...destinationRetry, ...current?.retry }, onAmbiguous: current?.onAmbiguous ?? 'resend' };
}

/** Opens the book; it is written anew when the rule set is another. */
export function createPolicyBook(destinationRetry: RetryPolicy, ruleSet: () => RuleSet): PolicyBook {
  let rules: RuleSet | null = null;
  let mostTries = 0;
  const known = new Map<string, Policies>();

  function inForce(): RuleSet {
    const current = ruleSet();
    if (current === rules) return current;
    rules = current;
    known.clear();
    mostTries = 1 + Math.max(destinationRetry.quick, ...current.mappings.map(({ retry }) => retry.quick ?? 0));
    return current;
  }

  return {
    of(mapping) {
      const current = inForce();
      const found = known.get(mapping);
      if (found) return found;
      const fresh = policiesOf(mapping, destinationRetry, current);
      known.set(mapping, fresh);
      return fresh;
    },
    mostTries() {
      inForce();
      return mostTries;
    },
  };
}
