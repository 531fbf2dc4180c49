import type { OpenClaim } from './open-claim.ts';

/** Claims that are in flight or being given back, and whoever waits until none is. */
export class ClaimsInWork {
  readonly #claims = new Set<readonly OpenClaim[]>();

  get isEmpty(): boolean {
    return this.#claims.size === 0;
  }

  /** Keeps claims until the work on them has ended. What it rejects with is a bug: it goes to `onBug`. */
  keep(
    claims: readonly OpenClaim[],
    work: Promise<unknown>,
    told: { readonly onBug: (cause: unknown) => void; readonly onEnded: () => void },
  ): void {
    this.#claims.add(claims);
    work.catch(told.onBug).then(() => {
      this.#claims.delete(claims);
      told.onEnded();
    });
  }

  some(matches: (claim: OpenClaim) => boolean): boolean {
    for (const claims of this.#claims) if (claims.some(matches)) return true;
    return false;
  }
}
