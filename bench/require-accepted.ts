import type { Accepted } from '../src/ports/store.ts';

/** The accepted; throws the first refusal. */
export function requireAccepted(accepted: readonly Accepted[]): readonly Extract<Accepted, { ok: true }>[] {
  return accepted.map((one) => {
    if (!one.ok) throw one.error;
    return one;
  });
}
