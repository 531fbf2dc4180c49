import type { Member } from '../../src/sandbox/open-loyalty/world/member.ts';

/** An e-mail address that a member had, and when she gave it up; null = she has it still. */
interface Held {
  readonly email: string;
  untilMs: number | null;
}

/** Whose an address is. */
export type Ownership = 'hers' | 'her former one' | "somebody else's";

/** Who had which e-mail address when: what a receiver is judged by. */
export class AddressBook {
  readonly #held = new Map<string, Held[]>();

  /** Notes the addresses of this moment; what has changed since the last time changed at `nowMs`. */
  note(members: Iterable<Member>, nowMs: number): void {
    for (const { customerId, profile } of members) {
      const email = profile.email?.toLowerCase() ?? null;
      const held = this.#held.get(customerId) ?? [];
      const last = held.at(-1);
      if ((last && last.untilMs === null ? last.email : null) === email) continue;
      if (last && last.untilMs === null) last.untilMs = nowMs;
      if (email !== null) held.push({ email, untilMs: null });
      this.#held.set(customerId, held);
    }
  }

  /** Whose the address is, for something that is about this member and began at `sinceMs`. */
  judge(customerId: string, email: string, sinceMs: number): Ownership {
    const held = (this.#held.get(customerId) ?? []).filter((each) => each.email === email);
    if (held.length === 0) return "somebody else's";
    return held.some(({ untilMs }) => untilMs === null || untilMs > sinceMs) ? 'hers' : 'her former one';
  }
}
