import type { RetryPolicy } from '../../core/retry-policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallLimits, CallResult, Destination } from '../../ports/destination.ts';
import { wholeCall } from '../shared/call-result.ts';
import { judgeLostCall, judgeUnknownEndpoint } from '../shared/lost-call.ts';
import { createRedactor } from '../shared/redact.ts';
import { batchFit, type Command, type Commands, callOf, isCarried, judgeResults, resultsOf } from './batch.ts';
import { bloomreachEndpoints } from './endpoints.ts';
import { createTrackingApi, type TrackingApiSettings } from './tracking-api.ts';
import { judge, judgeEnvelope, judgeProbe } from './verdict.ts';

/** One project of Bloomreach Engagement, and how to treat it. */
export interface BloomreachSettings extends TrackingApiSettings {
  readonly limits: CallLimits;
  readonly retry: RetryPolicy;
}

/**
 * A Bloomreach project as a destination: one delivery travels in a single call, several as the commands of a batch.
 * Throws `CONFIG_INVALID` when `baseUrl` is no plain http(s) URL.
 */
export function createBloomreach(settings: BloomreachSettings, clock: Clock): Destination {
  const { id, timeoutMs, limits, retry } = settings;
  const api = createTrackingApi(settings, limits.concurrency);
  const presentable = createRedactor(secretsOf(settings));

  /** Null when the signal stopped it before any byte left. */
  async function call(commands: Commands, signal: AbortSignal): Promise<CallResult | null> {
    const outcome = await api.post(callOf(commands), signal);
    if (outcome.kind === 'unsent') return null;
    const count = commands.length;
    if (outcome.kind === 'failed') {
      return wholeCall(presentable(judgeLostCall(outcome.error, outcome.bodySent)), count);
    }
    const { response } = outcome;
    if (count === 1) return wholeCall(presentable(judge(response, clock.now())), count);
    const results = resultsOf(response);
    if (results === null) return wholeCall(presentable(judgeEnvelope(response, commands, clock.now())), count);
    const answers = judgeResults(commands, results, response.status);
    return { answers: answers.map(presentable), failed: false, divisible: false };
  }

  return {
    id,
    limits,
    timeoutMs,
    retry,
    endpoints: bloomreachEndpoints,
    fit: (deliveries) => batchFit(deliveries, limits.batchSize),
    async send(deliveries, signal) {
      const [first, ...others] = deliveries.filter(isCarried);
      const result = first === undefined ? NOTHING_SENT : await call([first, ...others], signal);
      return result && withUncarried(deliveries, result);
    },
    async probe(signal) {
      const outcome = await api.time(signal);
      if (outcome.kind === 'unsent') return judgeLostCall(new Error('stopped'), false);
      if (outcome.kind === 'failed') return presentable(judgeLostCall(outcome.error, outcome.bodySent));
      const answer = judgeProbe(outcome.response, clock.now());
      return answer && presentable(answer);
    },
    close: () => api.close(),
  };
}

const NOTHING_SENT: CallResult = { answers: [], failed: false, divisible: false };

/** Puts the answers of deliveries that no call can carry between those of the call. */
function withUncarried(deliveries: readonly Command[], result: CallResult): CallResult {
  if (result.answers.length === deliveries.length) return result;
  const answers = result.answers.values();
  return {
    ...result,
    answers: deliveries.map((delivery) => {
      const answer = isCarried(delivery) ? answers.next().value : undefined;
      return answer ?? judgeUnknownEndpoint('Bloomreach', delivery.endpoint);
    }),
  };
}

function secretsOf({ projectToken, apiKeyId, apiSecret }: BloomreachSettings): readonly string[] {
  return [projectToken, apiKeyId, apiSecret, Buffer.from(`${apiKeyId}:${apiSecret}`).toString('base64')];
}
