import type { Logger } from '../../ports/logger.ts';
import type { JudgedClaim, MadeCall } from './made-call.ts';

/** What logging a call needs. */
interface LogTools {
  readonly destination: { readonly id: string };
  readonly log: Logger;
}

/**
 * One line for the call, at WARN when it came to nothing; one for each delivery that is dead, or that was not delivered
 * by a call that delivered others; of all others only at debug.
 */
export function logCall(call: MadeCall, judged: readonly JudgedClaim[], { destination, log }: LogTools): void {
  const ms = call.nowMs - call.startedAtMs;
  const failed = judged.reduce((sum, { answer }) => (answer.verdict === 'delivered' ? sum : sum + 1), 0);
  const isLost = failed === judged.length;
  const isDebug = log.isLevelEnabled?.('debug') ?? true;
  for (const one of judged) {
    const isDelivered = one.answer.verdict === 'delivered';
    if (one.decision.kind === 'dead') log.error(fieldsOf(one, ms), 'a delivery is dead and waits for a person');
    else if (!isDelivered && !isLost) log.warn(fieldsOf(one, ms), 'not delivered yet');
    else if (isDebug) log.debug(fieldsOf(one, ms), isDelivered ? 'delivered' : 'not delivered yet');
  }
  const fields = { stage: 'deliver', destination: destination.id, n: judged.length, failed, ms };
  const { verdict, code } = call.result.answers[0] ?? {};
  if (isLost) log.warn({ ...fields, verdict, code }, 'a call delivered nothing');
  else log.info(fields, 'called');
}

function fieldsOf({ claim, answer, decision }: JudgedClaim, ms: number) {
  const { id, mapping, destination } = claim.delivery;
  const { verdict, code } = answer;
  return { stage: 'deliver', delivery: id, mapping, destination, verdict, status: decision.kind, code, ms };
}
