import type { Verify } from './verify.ts';

/** Accepts what any member accepts. Every member is asked each time, so that the time taken does not tell which one fits. */
export function verifyAnyOf(members: readonly Verify[]): Verify {
  return {
    needsBody: members.some((member) => member.needsBody),
    check(request) {
      const faults = members.map((member) => member.check(request));
      return faults.includes(null) ? null : faults.join('; ');
    },
  };
}
