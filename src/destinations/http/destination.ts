import type { Answer } from '../../core/attempt.ts';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { RetryPolicy } from '../../core/retry-policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallLimits, CallResult, Destination } from '../../ports/destination.ts';
import { wholeCall } from '../shared/call-result.ts';
import { judgeLostCall, judgeUnknownEndpoint } from '../shared/lost-call.ts';
import { createRedactor } from '../shared/redact.ts';
import { httpEndpoints } from './endpoints.ts';
import { readFrozen } from './frozen-request.ts';
import { secretsOf, type TargetSettings, targetsOf } from './targets.ts';
import { judge } from './verdict.ts';

/** A system with an HTTP API, and how to treat it. */
export interface HttpSettings extends TargetSettings {
  /** The destination's name. */
  readonly id: string;
  readonly limits: CallLimits;
  readonly retry: RetryPolicy;
}

/**
 * A system with an HTTP API as a destination: each delivery travels in a call of its own. Throws `CONFIG_INVALID` when
 * a url is no http(s) URL.
 */
export function createHttp(settings: HttpSettings, clock: Clock): Destination {
  const { id, timeoutMs, limits, retry, endpoints } = settings;
  const targets = targetsOf(settings);
  const presentable = createRedactor(secretsOf(settings));

  async function call(delivery: ClaimedDelivery, signal: AbortSignal): Promise<Answer | null> {
    const { endpoint, request } = delivery;
    const target = targets.get(endpoint);
    const frozen = readFrozen(request);
    if (target === undefined) return judgeUnknownEndpoint(id, endpoint);
    if (frozen === null) return { ...judgeUnknownEndpoint(id, endpoint), detail: NOT_OURS };
    const outcome = await target.send(delivery.id, frozen, Math.floor(clock.now() / 1000), signal);
    if (outcome.kind === 'unsent') return null;
    if (outcome.kind === 'failed') return presentable(judgeLostCall(outcome.error, outcome.bodySent));
    return presentable(judge(outcome.response, `${id}.${endpoint}`, clock.now()));
  }

  return {
    id,
    limits,
    timeoutMs,
    retry,
    endpoints: httpEndpoints(id, endpoints),
    fit: () => 1,
    async send([delivery], signal): Promise<CallResult | null> {
      if (delivery === undefined) return { answers: [], failed: false, divisible: false };
      const answer = await call(delivery, signal);
      return answer && wholeCall(answer, 1);
    },
    // No address is known that may be asked without doing something.
    probe: async () => null,
    close: async () => {
      await Promise.all([...targets.values()].map((target) => target.close()));
    },
  };
}

const NOT_OURS = 'Nothing was sent: the request was written for another type of destination; reprocess the event';
