import type { Json, JsonObject } from '../../core/json.ts';
import { checkProperties, overLimit } from './command-check.ts';
import type { Moment } from './customers.ts';
import { eventKey, seenBefore } from './dedupe.ts';
import { type Identifier, readIdentifiers } from './identifiers.ts';
import { writeProperty } from './profile.ts';
import type { Project } from './project.ts';
import { toSeconds } from './timestamp.ts';

/** A command to run: the same `data` whether it came alone or in a batch. */
interface CommandInput {
  readonly data: JsonObject;
  /** Size of the whole request body. */
  readonly requestBytes: number;
  readonly moment: Moment;
}

/** What became of a command; `errors` is what the caller is told, empty for success. */
export interface CommandResult {
  readonly outcome: 'stored' | 'duplicate' | 'rejected' | 'dropped';
  readonly errors: readonly string[];
}

type Command = (project: Project, input: CommandInput) => CommandResult;

const STORED: CommandResult = { outcome: 'stored', errors: [] };
const DUPLICATE: CommandResult = { outcome: 'duplicate', errors: [] };
const DROPPED: CommandResult = { outcome: 'dropped', errors: [] };

/** The commands that write, by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['customers', updateCustomer],
  ['customers/events', addEvent],
]);

/** Refuses a command with one message. */
export function rejected(...errors: readonly string[]): CommandResult {
  return { outcome: 'rejected', errors };
}

/**
 * Adds an event, and creates its customer in silence. The scenario trigger fires before duplicates are looked for, and
 * a duplicate is answered with success. Source: Add event; Imports technical reference.
 */
function addEvent(project: Project, { data, requestBytes, moment }: CommandInput): CommandResult {
  const { settings } = project;
  const identifiers = readIdentifiers(data['customer_ids'], settings.lowercaseIds);
  if (typeof identifiers === 'string') return rejected(identifiers);
  const type = data['event_type'];
  if (typeof type !== 'string' || type === '') return rejected('event_type: must be a non-empty text');
  if (settings.forbiddenEventTypes.includes(type)) return rejected('Not authorized to add event of specified type');
  const { properties, errors } = checkProperties(data, settings.propertiesRequired);
  if (errors !== null) return rejected(...errors);
  const timestamp = secondsOr(data['timestamp'], moment.nowMs);
  if (timestamp === null) return rejected('timestamp: must be Unix seconds or ISO 8601 without an offset');
  const tooLarge = overLimit(data, properties, requestBytes);
  if (tooLarge !== null) return settings.overLimit === 'drop' ? DROPPED : rejected(tooLarge);

  project.stats.trigger(type);
  return storeEvent(project, identifiers, { type, timestamp, properties }, moment);
}

function storeEvent(
  { customers, settings }: Project,
  identifiers: readonly Identifier[],
  event: { readonly type: string; readonly timestamp: number; readonly properties: JsonObject },
  moment: Moment,
): CommandResult {
  const profile = customers.identify(identifiers, moment);
  if (settings.dedupe && event.type !== 'consent') {
    const key = eventKey(event.type, event.timestamp, event.properties);
    if (seenBefore(profile.memory, key, moment.nowMs)) return DUPLICATE;
  }
  if (settings.keepEvents) profile.events.push({ ...event, visibleAtMs: moment.visibleAtMs });
  return STORED;
}

/** Updates properties, each only where its stored update is older. Source: Update customer properties. */
function updateCustomer(project: Project, { data, requestBytes, moment }: CommandInput): CommandResult {
  const { settings } = project;
  const identifiers = readIdentifiers(data['customer_ids'], settings.lowercaseIds);
  if (typeof identifiers === 'string') return rejected(identifiers);
  const { properties, errors } = checkProperties(data, true);
  if (errors !== null) return rejected(...errors);
  const updatedAt = secondsOr(data['update_timestamp'], moment.nowMs);
  if (updatedAt === null) return rejected('update_timestamp: must be Unix seconds');
  const tooLarge = overLimit(data, properties, requestBytes);
  if (tooLarge !== null) return settings.overLimit === 'drop' ? DROPPED : rejected(tooLarge);

  const profile = project.customers.identify(identifiers, moment);
  const write = { nowMs: moment.nowMs, dated: data['update_timestamp'] !== undefined };
  for (const [name, value] of Object.entries(properties)) {
    writeProperty(profile, name, { value, updatedAt, visibleAtMs: moment.visibleAtMs }, write);
  }
  return STORED;
}

/** A time that is left out is the time of receipt; one that is no time is null. */
function secondsOr(value: Json | undefined, nowMs: number): number | null {
  return value === undefined ? nowMs / 1000 : toSeconds(value);
}
