import type { AttemptDraft } from '../../src/core/attempt.ts';
import type { ClaimedDelivery, DeliveryDraft } from '../../src/core/delivery.ts';
import type { Decision } from '../../src/core/retry-policy.ts';
import type { AcceptedDraft, SettledAttempt } from '../../src/ports/store.ts';
import { customerIdOf, deliveryDraft, emailOf, eventDraft, memberKey, SOURCE, STORE_CODE } from '../drafts.ts';
import { BUSY_MEMBER, type Outcome, type Row, rowMessageId, rowMs, rowOf } from './world.ts';

/** Later than every row: what is due then is never claimed here. */
const FAR_AWAY_MS = Date.parse('2036-01-01T00:00:00Z');
const ATTEMPT_MS = 40;

/** The event of a row as the door would hand it over, not routed yet. Pure. */
export function unroutedDraft(sequence: number, row: Row = rowOf(sequence)): AcceptedDraft {
  const [body, receivedAtMs] = [bodyOf(sequence, row), rowMs(sequence)];
  const { moment, member } = row;
  return eventDraft({
    messageId: rowMessageId(sequence),
    ...{ name: moment.event, member, body, receivedAtMs, routed: null },
  });
}

/** The event of a row with its delivery: as good as settled where nothing is sent, else due at once. Pure. */
export function routedDraft(sequence: number): AcceptedDraft {
  return { ...unroutedDraft(sequence), routed: { status: 'routed', deliveries: [rowDelivery(sequence)] } };
}

/** A delivery of a row that is due at once, whatever becomes of that row in the grown log. Pure. */
export function dueDelivery(sequence: number, row: Row = rowOf(sequence)): DeliveryDraft {
  return deliveryDraft({ ...addressOf(row), request: requestOf(sequence, row), dueAtMs: rowMs(sequence) });
}

/** What was tried of a claimed delivery, and what became of it: the settlements of its row's outcome. Pure. */
export function settlements(claimed: ClaimedDelivery, outcome: Outcome, nowMs: number): readonly SettledAttempt[] {
  const tries = Math.max(1, outcome.attempts);
  return Array.from({ length: tries }, (_, index) => {
    const isLast = index === tries - 1;
    const attempt = attemptOf(isLast && outcome.status === 'delivered', outcome, nowMs);
    const decision = isLast ? decisionOf(outcome) : ({ kind: 'keep' } as const);
    return { deliveryId: claimed.id, claimNo: claimed.claimNo, attempt, decision, shareLimit: null, nowMs };
  });
}

function rowDelivery(sequence: number): DeliveryDraft {
  const row = rowOf(sequence);
  const { status, code, reason, attempts } = row.outcome;
  // What is in retry would hold up its lane for good.
  const ordered = row.member !== BUSY_MEMBER && status !== 'pending';
  if (attempts > 0) return { ...dueDelivery(sequence), ordered };
  const missing =
    status === 'waiting' ? [{ source: SOURCE, storeCode: STORE_CODE, kind: 'wallet', key: `w-${sequence}` }] : [];
  const settled = status === 'skipped' || status === 'waiting' ? status : 'dead';
  return deliveryDraft({ ...addressOf(row), status: settled, code, reason, missing, dueAtMs: FAR_AWAY_MS });
}

function addressOf({ moment: { mapping, destination, endpoint }, member }: Row) {
  return { mapping, destination, endpoint, member: memberKey(member) };
}

function decisionOf({ status, code }: Outcome): Decision {
  if (status === 'delivered' || code === null) return { kind: 'delivered' };
  if (status === 'pending') return { kind: 'retry', dueAtMs: FAR_AWAY_MS, retries: 1, code };
  return { kind: 'dead', code, detail: 'The destination refused it.' };
}

function attemptOf(isDelivered: boolean, { status, code }: Outcome, nowMs: number): AttemptDraft {
  const failed = { verdict: status === 'dead' ? 'rejected' : 'transient', httpStatus: 503, detail: 'Refused' } as const;
  const answer = isDelivered ? ({ verdict: 'delivered', httpStatus: 200, detail: null } as const) : failed;
  const response = isDelivered ? null : '{"success":false,"errors":["refused"]}';
  return {
    ...answer,
    code: isDelivered ? null : (code ?? 'DELIVERY_UNAVAILABLE'),
    response,
    retryAfterMs: null,
    startedAtMs: nowMs,
    durationMs: ATTEMPT_MS,
  };
}

function bodyOf(sequence: number, { moment, member }: Row): string {
  const customer = { customerId: customerIdOf(member), email: emailOf(member), loyaltyCardNumber: `LC-${member}` };
  return JSON.stringify({ eventName: moment.event, storeCode: STORE_CODE, data: { customer, number: sequence } });
}

function requestOf(sequence: number, { moment, member }: Row): string {
  const properties = { event_id: `e-${sequence}`, tenant_code: STORE_CODE };
  const ids = { registered: emailOf(member) };
  return JSON.stringify({
    customer_ids: ids,
    event_type: moment.mapping,
    timestamp: rowMs(sequence) / 1000,
    properties,
  });
}
