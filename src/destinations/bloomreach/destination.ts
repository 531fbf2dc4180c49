import type { Answer } from '../../core/attempt.ts';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { RetryPolicy } from '../../core/retry-policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Destination } from '../../ports/destination.ts';
import { type CallerSettings, createCaller } from './call.ts';
import { bloomreachEndpoints } from './endpoints.ts';
import { createRedactor } from './redact.ts';
import { singleCall } from './request.ts';
import { judge, judgeFailure, judgeUnknownEndpoint } from './verdict.ts';

/** One project of Bloomreach Engagement, with private access, and how to treat it. */
export interface BloomreachSettings extends CallerSettings {
  readonly retry: RetryPolicy;
}

/**
 * A Bloomreach project as a destination: each delivery travels in its own call. Throws `CONFIG_INVALID` when `baseUrl`
 * is no plain http(s) URL.
 */
export function createBloomreach(settings: BloomreachSettings, clock: Clock): Destination {
  const { id, concurrency, timeoutMs, retry } = settings;
  const caller = createCaller(settings);
  const presentable = createRedactor(secretsOf(settings));

  /** Null when the signal stopped it before any byte left. */
  async function sendOne(delivery: ClaimedDelivery, signal: AbortSignal): Promise<Answer | null> {
    const call = singleCall(delivery);
    if (call === null) return judgeUnknownEndpoint(delivery.endpoint);
    const outcome = await caller.post(call, signal);
    if (outcome.kind === 'unsent') return null;
    if (outcome.kind === 'failed') return presentable(judgeFailure(outcome.error, outcome.bodySent));
    return presentable(judge(outcome.response, clock.now()));
  }

  return {
    id,
    concurrency,
    timeoutMs,
    retry,
    endpoints: bloomreachEndpoints,
    async send(deliveries, signal) {
      const answers = await Promise.all(deliveries.map((delivery) => sendOne(delivery, signal)));
      if (answers.length > 0 && answers.every((answer) => answer === null)) return null;
      return answers.map((answer) => answer ?? INTERRUPTED_UNSENT);
    },
    close: () => caller.close(),
  };
}

/** For a delivery that did not leave although its neighbours did: it was no attempt, yet the neighbours' must be told. */
const INTERRUPTED_UNSENT: Answer = {
  verdict: 'transient',
  code: 'DELIVERY_INTERRUPTED',
  httpStatus: null,
  detail: 'Nothing was sent: stopped before its turn',
  response: null,
  retryAfterMs: null,
};

function secretsOf({ projectToken, apiKeyId, apiSecret }: BloomreachSettings): readonly string[] {
  return [projectToken, apiKeyId, apiSecret, Buffer.from(`${apiKeyId}:${apiSecret}`).toString('base64')];
}
