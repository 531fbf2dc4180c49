import { hash } from 'node:crypto';
import type { Json, JsonObject } from '../../core/json.ts';

/** How long a seen event is remembered after its last receipt. Source: Imports technical reference. */
const DEDUPE_WINDOW_MS = 90 * 24 * 60 * 60 * 1000;

/** The events one profile has seen lately: key to time of last receipt, the longest ago first. */
export type EventMemory = Map<string, number>;

/**
 * The identity of an event within its profile: type, timestamp to the last decimal, and the values and types of its
 * properties. The order of keys does not matter; whether it does at Bloomreach is unconfirmed.
 */
export function eventKey(type: string, timestamp: number, properties: JsonObject): string {
  return hash('sha1', canonical([type, timestamp, properties]), 'base64');
}

/** Tells whether the event was seen within the window, and starts its window anew either way. */
export function seenBefore(memory: EventMemory, key: string, nowMs: number): boolean {
  const lastSeenMs = memory.get(key);
  memory.delete(key);
  memory.set(key, nowMs);
  forgetOld(memory, nowMs);
  return lastSeenMs !== undefined && nowMs - lastSeenMs < DEDUPE_WINDOW_MS;
}

/** Puts two memories together, keeping the order that forgetting relies on. */
export function mergeMemories(into: EventMemory, from: EventMemory): void {
  const newestLast = [...into, ...from].toSorted(([, left], [, right]) => left - right);
  into.clear();
  for (const [key, lastSeenMs] of newestLast) {
    into.delete(key);
    into.set(key, lastSeenMs);
  }
}

function forgetOld(memory: EventMemory, nowMs: number): void {
  for (const [key, lastSeenMs] of memory) {
    if (nowMs - lastSeenMs < DEDUPE_WINDOW_MS) return;
    memory.delete(key);
  }
}

/** JSON text with sorted keys. Callers have bounded the depth. */
function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
