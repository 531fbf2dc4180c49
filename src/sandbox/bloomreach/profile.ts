import type { Json, JsonObject } from '../../core/json.ts';
import type { EventMemory } from './dedupe.ts';
import type { Identifier } from './identifiers.ts';

/** An event as a profile keeps it. */
export interface StoredEvent {
  readonly type: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly properties: JsonObject;
  /** When the write queue has got to it: exports show it from then on. */
  readonly visibleAtMs: number;
}

/** One write of a property. */
export interface PropertyVersion {
  readonly value: Json;
  /** Unix seconds: `update_timestamp`, else the time of receipt. */
  readonly updatedAt: number;
  readonly visibleAtMs: number;
}

/** How a property is written: when, and whether the caller gave `update_timestamp`. */
export interface PropertyWrite {
  readonly nowMs: number;
  readonly dated: boolean;
}

/** One customer. Maps throughout, so that no name a caller invents can reach a prototype. */
export interface Profile {
  /** Rises with every new profile: the lower one is the older. */
  readonly number: number;
  visibleAtMs: number;
  readonly hardIds: Map<string, string>;
  /** Values by name, the least recently used first. */
  readonly softIds: Map<string, Set<string>>;
  /** Versions by property, oldest update first; the last one wins once it is visible. */
  readonly properties: Map<string, readonly PropertyVersion[]>;
  readonly events: StoredEvent[];
  readonly memory: EventMemory;
}

/** Soft ids of one name that a profile holds at most. Source: Customer identification. */
const SOFT_ID_LIMIT = 64;

/**
 * Writes a property unless a newer write is there already. An equal time keeps what is stored, except that a write
 * without `update_timestamp` follows arrival order: the clock's milliseconds must not decide between two of them.
 */
export function writeProperty(profile: Profile, name: string, version: PropertyVersion, write: PropertyWrite): void {
  const versions = profile.properties.get(name) ?? [];
  const last = versions.at(-1)?.updatedAt ?? Number.NEGATIVE_INFINITY;
  if (write.dated ? last >= version.updatedAt : last > version.updatedAt) return;
  // What is visible now must stay until the queue has got to the new version; what was before it never shows again.
  const shown = versions.findLastIndex((candidate) => candidate.visibleAtMs <= write.nowMs);
  profile.properties.set(name, [...versions.slice(Math.max(0, shown)), version]);
}

/** Adds or refreshes a soft id; returns the value that had to leave for it, or null. */
export function touchSoftId(profile: Profile, { name, value }: Identifier): string | null {
  const values = profile.softIds.get(name) ?? new Set();
  profile.softIds.set(name, values);
  values.delete(value);
  values.add(value);
  if (values.size <= SOFT_ID_LIMIT) return null;
  const [oldest = ''] = values;
  values.delete(oldest);
  return oldest;
}

/** The properties that exports show at this time. */
export function visibleProperties(profile: Profile, nowMs: number): Record<string, Json> {
  const shown: [string, Json][] = [];
  for (const [name, versions] of profile.properties) {
    const version = versions.findLast((candidate) => candidate.visibleAtMs <= nowMs);
    if (version !== undefined) shown.push([name, version.value]);
  }
  return Object.fromEntries(shown);
}

/** The events that exports show at this time, by timestamp. */
export function visibleEvents(profile: Profile, nowMs: number): readonly StoredEvent[] {
  return profile.events
    .filter((event) => event.visibleAtMs <= nowMs)
    .toSorted((left, right) => left.timestamp - right.timestamp);
}

/** A profile's identifiers in the shape of exports: hard ids scalar, soft ids as a list. */
export function idsOf(profile: Profile): Record<string, string | readonly string[]> {
  const soft = [...profile.softIds]
    .filter(([, values]) => values.size > 0)
    .map(([name, values]) => [name, [...values]] as const);
  return Object.fromEntries<string | readonly string[]>([...profile.hardIds, ...soft]);
}
