import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Body } from './body.ts';
import type { FaultMatch } from './fault.ts';
import type { Route } from './routes.ts';

/** One command of a request, read as far as it can be. */
export interface Write {
  /** Null when the request does not say. */
  readonly command: string | null;
  /** Echoed in the command's result. */
  readonly commandId: string | null;
  /** Undefined when the command has none; a single route's is the body. */
  readonly data: Json | undefined;
}

/** Reads the commands a request carries, without judging them; a body that cannot be read is one unknown command. */
export function readWrites(route: Route, { json }: Body): readonly Write[] {
  if (route.name !== 'batch') return [{ command: route.name, commandId: null, data: json }];
  const commands = isJsonObject(json) ? json['commands'] : undefined;
  if (!Array.isArray(commands)) return [UNREADABLE];
  return (commands as readonly Json[]).map((element) => (isJsonObject(element) ? readWrite(element) : UNREADABLE));
}

/** The event type of a command, or null. */
export function eventTypeOf({ command, data }: Write): string | null {
  const type = command === 'customers/events' && isJsonObject(data) ? data['event_type'] : null;
  return typeof type === 'string' ? type : null;
}

/** Whether a fault that asks for an event type or a command means this one. */
export function isAskedFor({ eventType, command }: FaultMatch, write: Write): boolean {
  return (eventType === undefined || eventType === eventTypeOf(write)) && (command ?? write.command) === write.command;
}

const UNREADABLE: Write = { command: null, commandId: null, data: undefined };

function readWrite(element: JsonObject): Write {
  const { name, command_id: id, data } = element;
  return { command: typeof name === 'string' ? name : null, commandId: typeof id === 'string' ? id : null, data };
}
