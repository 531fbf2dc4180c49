import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { Subscriptions } from '../webhooks/subscriptions.ts';
import type { WorldEvent } from '../world/event.ts';
import type { Member } from '../world/member.ts';
import type { Tenant } from '../world/programme.ts';
import type { World } from '../world.ts';
import type { Answer } from './answer.ts';

/** One authenticated call of a tenant's API: everything an answer depends on, without a socket. */
export interface Desk {
  readonly world: World;
  readonly subscriptions: Subscriptions;
  readonly tenant: Tenant;
  readonly nowMs: number;
  /** What the path's placeholders hold, decoded, in order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** Undefined when the body is not JSON. */
  readonly body: Json | undefined;
  /** Lets subscribers know; the answer does not wait for them. */
  readonly emit: (events: readonly WorldEvent[]) => void;
}

/** Answers one kind of call. */
export type Handler = (desk: Desk) => Answer;

/** The member that a placeholder names, by id or another identifier; null when there is none. */
export function memberAt({ world, tenant, params }: Desk, index = 0): Member | null {
  return world.find(tenant.storeCode, params[index] ?? '');
}

/** The object that the body holds under a name; empty when there is none. */
export function part({ body }: Desk, name: string): JsonObject {
  const inner = isJsonObject(body) ? body[name] : null;
  return isJsonObject(inner) ? inner : {};
}

/** A text of a body; null when it is none. */
export function textIn(body: JsonObject, name: string): string | null {
  const value = Object.hasOwn(body, name) ? body[name] : null;
  return typeof value === 'string' ? value : null;
}

/** A number of a body, also as digits; null when it is none. */
export function numberIn(body: JsonObject, name: string): number | null {
  const value = Object.hasOwn(body, name) ? body[name] : null;
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
