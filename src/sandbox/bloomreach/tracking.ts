import { isJsonObject } from '../../core/json.ts';
import { type Answer, commandError, envelopeError, jsonAnswer } from './answer.ts';
import type { ApiRequest } from './api-request.ts';
import { COMMANDS, type CommandResult, rejected } from './commands.ts';
import type { Project } from './project.ts';
import { recordCommand } from './record.ts';
import type { Route } from './routes.ts';
import type { Outcome } from './stats.ts';
import { isAskedFor, readWrites, type Write } from './write.ts';

/** Answers a route that carries one command. */
export function runSingle(project: Project, request: ApiRequest, route: Route): Answer {
  const [write] = readWrites(route, request.body);
  if (write === undefined || !isJsonObject(write.data)) return envelopeError(400, 'Invalid JSON');
  const { errors } = runWrite(project, request, route, write);
  if (errors.length > 0) return commandError(project.settings.validationStatus, errors);
  return jsonAnswer(200, { errors: [], success: true });
}

/** Answers `system/time`. Source: System time. */
export function systemTime(project: Project): Answer {
  return jsonAnswer(200, { errors: [], success: true, time: project.clock() / 1000 });
}

/** Runs one command that writes, or refuses it as a fault says, and records it. */
export function runWrite(project: Project, request: ApiRequest, route: Route, write: Write): CommandResult {
  const refusal = refusalOf(request, write);
  const result = refusal === null ? runCommand(project, request, write) : rejected(refusal);
  const outcome: Outcome = refusal === null ? result.outcome : 'faulted';
  recordCommand(project, request, route, write, { outcome, errors: result.errors });
  return result;
}

function runCommand(project: Project, request: ApiRequest, { command, data = {} }: Write): CommandResult {
  const run = COMMANDS.get(command ?? '');
  if (run === undefined) return rejected(`Unknown command ${JSON.stringify(command)}`);
  if (!isJsonObject(data)) return rejected('data: must be an object');
  return run(project, { data, requestBytes: request.body.bytes, moment: project.moment() });
}

/** In a batch, a `refuse` fault that asks for an event type or a command leaves the others alone. */
function refusalOf({ plan: { fault } }: ApiRequest, write: Write): string | null {
  if (fault?.kind !== 'refuse') return null;
  return isAskedFor(fault.match ?? {}, write) ? fault.message : null;
}
