import { refused, type Verify } from './verify.ts';

/** Accepts what any member accepts. Every member is asked each time, so that the time taken does not tell which one fits. */
export function verifyAnyOf(members: readonly Verify[]): Verify {
  return {
    needsBody: members.some((member) => member.needsBody),
    check(request) {
      const answers = members.map((member) => member.check(request));
      const genuine = answers.filter((answer) => answer.genuine);
      // A signature says more than a secret that came along: it is kept.
      const signed = genuine.find((answer) => answer.signature !== null);
      const reasons = answers.flatMap((answer) => (answer.genuine ? [] : [answer.reason]));
      return signed ?? genuine[0] ?? refused(reasons.join('; '));
    },
  };
}
