import { resolve } from 'node:path';
import type { RetryPolicy } from '../core/retry-policy.ts';
import type { CallLimits } from '../ports/destination.ts';
import type { Config, DestinationConfig, SourceConfig, VerifyConfig } from './config.ts';
import { quantityOf } from './quantity.ts';
import type { RawCalls, RawConfig, RawDestination, RawHttp, RawSource } from './raw.ts';

/** Turns checked settings into the frozen configuration. Relative paths start at `baseDir`. */
export function buildConfig(raw: RawConfig, baseDir: string): Config {
  const { server, store, transform } = raw;
  return deepFreeze({
    server: { host: server.host, port: server.port, bodyLimitBytes: quantityOf('size', server.bodyLimit) },
    api: { tokens: raw.api.tokens.map(({ name, role, token }) => ({ name, role, token })) },
    store: {
      url: store.url,
      path: resolve(baseDir, store.url.slice('sqlite:'.length)),
      retentionMs: quantityOf('duration', store.retention),
    },
    mappings: { ...raw.mappings, dir: resolve(baseDir, raw.mappings.dir) },
    transform: { deadlineMs: quantityOf('duration', transform.deadline), workers: transform.workers },
    redact: [...raw.redact],
    sources: mapEntries(raw.sources, sourceConfig),
    destinations: mapEntries(raw.destinations, destinationConfig),
  });
}

function sourceConfig(id: string, { type, verify, api }: RawSource): SourceConfig {
  return {
    id,
    type,
    verify: verifyConfig(verify),
    api: api.url === '' ? null : { url: withoutSlash(api.url), token: api.token },
  };
}

function verifyConfig(verify: RawSource['verify']): VerifyConfig {
  if (verify === 'none') return { type: 'none' };
  if ('type' in verify) return { ...verify };
  return { type: 'any-of', members: verify.map(verifyConfig) };
}

function destinationConfig(id: string, raw: RawDestination): DestinationConfig {
  const calls = {
    id,
    timeoutMs: quantityOf('duration', raw.timeout),
    limits: callLimits(raw),
    retry: retryPolicy(raw.retry),
  };
  if (raw.type === 'http') return { ...calls, ...httpConfig(raw) };
  const { type, projectToken, apiKeyId, apiSecret } = raw;
  return { ...calls, type, baseUrl: withoutSlash(raw.baseUrl), projectToken, apiKeyId, apiSecret };
}

function httpConfig({ type, endpoints, auth, signing, allowPrivate, allowHosts }: RawHttp) {
  return {
    type,
    endpoints: mapEntries(endpoints, (_, endpoint) => ({ ...endpoint, headers: { ...endpoint.headers } })),
    auth: { ...auth },
    signing: signing === undefined ? null : { type: signing.type, secrets: [signing.secret].flat() },
    allowPrivate,
    allowHosts: [...allowHosts],
  };
}

/** Where calls cannot be shared, each delivery travels alone. */
function callLimits({ rateLimit, concurrency, breaker, ...raw }: RawDestination): CallLimits {
  const batch = raw.type === 'bloomreach' ? raw.batch : { size: 1, linger: '0ms' };
  return {
    ratePerSecond: quantityOf('rate', rateLimit),
    concurrency,
    batchSize: batch.size,
    lingerMs: quantityOf('duration', batch.linger),
    breakerFailures: breaker.failures,
    probeMs: quantityOf('duration', breaker.probe),
  };
}

function retryPolicy({ quick, schedule, jitter, giveUpAfter }: RawCalls['retry']): RetryPolicy {
  return {
    quick,
    scheduleMs: schedule.map((wait) => quantityOf('duration', wait)),
    jitter,
    giveUpAfterMs: quantityOf('duration', giveUpAfter),
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function mapEntries<From, To>(
  members: Readonly<Record<string, From>>,
  change: (key: string, member: From) => To,
): ReadonlyMap<string, To> {
  return new Map(Object.entries(members).map(([key, member]) => [key, change(key, member)]));
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  const members = value instanceof Map ? value.values() : Object.values(value);
  for (const member of members) deepFreeze(member);
  return Object.freeze(value);
}
