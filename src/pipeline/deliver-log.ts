import type { Logger } from '../ports/logger.ts';
import type { JudgedClaim, MadeCall } from './made-call.ts';

/** What logging a call needs. */
interface LogTools {
  readonly destination: { readonly id: string };
  readonly log: Logger;
}

/**
 * One line for the call, at WARN when it failed as a whole; one for each delivery that is dead, or that failed in a call
 * that went through; of all others only at debug.
 */
export function logCall(call: MadeCall, judged: readonly JudgedClaim[], tools: LogTools): void {
  const { destination, log } = tools;
  const { result, startedAtMs, nowMs } = call;
  const ms = nowMs - startedAtMs;
  let failed = 0;
  const isDebug = log.isLevelEnabled?.('debug') ?? true;
  for (const one of judged) {
    const isDelivered = one.answer.verdict === 'delivered';
    if (!isDelivered) failed += 1;
    if (one.decision.kind === 'dead') log.error(fieldsOf(one, ms), 'a delivery is dead and waits for a person');
    else if (!isDelivered && !result.failed) log.warn(fieldsOf(one, ms), 'not delivered yet');
    else if (isDebug) log.debug(fieldsOf(one, ms), isDelivered ? 'delivered' : 'not delivered yet');
  }
  const fields = { stage: 'deliver', destination: destination.id, n: judged.length, failed, ms };
  const [first] = result.answers;
  if (result.failed) log.warn({ ...fields, verdict: first?.verdict, code: first?.code }, 'a call failed');
  else log.info(fields, 'called');
}

function fieldsOf({ claim, answer, decision }: JudgedClaim, ms: number) {
  const { id, mapping, destination } = claim.delivery;
  const { verdict, code } = answer;
  return { stage: 'deliver', delivery: id, mapping, destination, verdict, status: decision.kind, code, ms };
}
