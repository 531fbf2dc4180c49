import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type Answer, envelopeError, fieldError, jsonAnswer } from './answer.ts';
import { readIdentifiers } from './identifiers.ts';
import { idsOf, type Profile, type StoredEvent, visibleEvents, visibleProperties } from './profile.ts';
import type { Project } from './project.ts';
import type { RouteName } from './routes.ts';

/** A customer as `export-one` shows it. */
export interface CustomerExport {
  readonly ids: Readonly<Record<string, string | readonly string[]>>;
  readonly properties: Readonly<Record<string, Json>>;
  readonly events: readonly ExportedEvent[];
}

/** An event as exports show it. */
interface ExportedEvent {
  readonly type: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly properties: JsonObject;
}

/** Answers the reads of the data API. Source: first-party Python SDK and its recorded answers. */
export function runExport(project: Project, name: RouteName, body: Json | undefined): Answer {
  if (!isJsonObject(body)) return envelopeError(400, 'Invalid JSON');
  const identifiers = readIdentifiers(body['customer_ids'], project.settings.lowercaseIds);
  if (typeof identifiers === 'string') return fieldError(400, 'customer_ids', identifiers);
  const profile = project.customers.find(identifiers);
  const nowMs = project.clock();
  if (profile === null || profile.visibleAtMs > nowMs) return fieldError(404, '_global', 'Customer does not exist');
  if (name === 'export/one') return jsonAnswer(200, { success: true, ...exportProfile(profile, nowMs) });
  return name === 'export/events' ? eventsOf(profile, nowMs, body) : attributesOf(profile, nowMs, body);
}

/** Shows what the write queue has let through by now. */
export function exportProfile(profile: Profile, nowMs: number): CustomerExport {
  return {
    ids: idsOf(profile),
    properties: visibleProperties(profile, nowMs),
    events: visibleEvents(profile, nowMs).map(exportEvent),
  };
}

function eventsOf(profile: Profile, nowMs: number, body: JsonObject): Answer {
  const types = body['event_types'];
  if (!Array.isArray(types)) return fieldError(400, 'event_types', 'must be a list of event types');
  const events = visibleEvents(profile, nowMs).filter(({ type }) => types.includes(type));
  return jsonAnswer(200, { success: true, data: events.map(exportEvent) });
}

function attributesOf(profile: Profile, nowMs: number, body: JsonObject): Answer {
  const attributes = body['attributes'];
  if (!Array.isArray(attributes)) return fieldError(400, 'attributes', 'must be a list of attributes');
  const results = (attributes as readonly Json[]).map((attribute) => {
    const value = isJsonObject(attribute) ? attributeOf(profile, nowMs, attribute) : undefined;
    if (value === undefined) return { success: false, error: 'unsupported attribute: use property, id or consent' };
    return { success: true, value };
  });
  return jsonAnswer(200, { success: true, results });
}

/** Undefined for a kind of attribute that the sandbox does not compute, such as a segmentation. */
function attributeOf(profile: Profile, nowMs: number, attribute: JsonObject): Json | undefined {
  const { type, property, id, category } = attribute;
  if (type === 'property') return new Map(Object.entries(visibleProperties(profile, nowMs))).get(`${property}`) ?? null;
  if (type === 'id') return new Map(Object.entries(idsOf(profile))).get(`${id}`) ?? null;
  if (type === 'consent') return hasConsent(visibleEvents(profile, nowMs), `${category}`, nowMs / 1000);
  return undefined;
}

/** The last word on a category, unless it has expired. Source: Consent. */
function hasConsent(events: readonly StoredEvent[], category: string, now: number): boolean {
  const last = events.findLast(({ type, properties }) => type === 'consent' && properties['category'] === category);
  const { action, valid_until: until } = last?.properties ?? {};
  return action === 'accept' && (until === 'unlimited' || Number(until) > now);
}

function exportEvent({ type, timestamp, properties }: StoredEvent): ExportedEvent {
  return { type, timestamp, properties };
}
