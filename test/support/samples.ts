import type { StoredEvent } from '../../src/core/event.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { NOON_MS } from './manual-clock.ts';

/** A live mapping of every event to `bloomreach.event`. */
export function aMapping(overrides: Partial<Mapping> = {}): Mapping {
  return {
    id: 'all',
    file: 'all.yaml',
    version: 'a'.repeat(64),
    text: 'event: "*"\n',
    description: null,
    enabled: true,
    source: null,
    events: ['*'],
    when: null,
    each: null,
    member: null,
    transform: { kind: 'template', template: { kind: 'object', entries: [] } },
    destination: 'bloomreach',
    endpoint: 'event',
    order: 'member',
    mode: 'live',
    onAmbiguous: 'resend',
    retry: {},
    tests: [],
    ...overrides,
  };
}

/** An accepted event about Ann. */
export function anEvent(overrides: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id: 1,
    source: 'loyalty',
    storeCode: 'de',
    name: 'LevelChanged',
    messageId: 'm-1',
    dedupeKey: 'd'.repeat(64),
    body: '{"eventName":"LevelChanged"}',
    signature: null,
    clockMs: NOON_MS - 1_000,
    receivedAtMs: NOON_MS,
    member: 'de/ann',
    partition: 7,
    ...overrides,
  };
}
