import { isJsonObject, type Json } from '../../core/json.ts';
import { type Answer, envelopeError, jsonAnswer } from './answer.ts';
import type { ApiRequest } from './api-request.ts';
import { COMMANDS } from './commands.ts';
import type { ResultsChange } from './fault.ts';
import type { Project } from './project.ts';
import type { Route } from './routes.ts';
import { runWrite } from './tracking.ts';
import { readWrites, type Write } from './write.ts';

/** Commands in one batch. Source: Batch commands. */
const BATCH_LIMIT = 50;

/** One command's result, as it is answered. */
interface Result {
  readonly success: boolean;
  readonly command_id?: string;
  readonly errors?: readonly string[];
  readonly time?: number;
}

/** Why a batch fails as a whole; null lets its commands run. Texts for too many and unknown are ours. */
export function refuseBatch({ settings }: Project, { body }: ApiRequest): Answer | null {
  if (!isJsonObject(body.json)) return envelopeError(400, 'Invalid JSON');
  const commands = body.json['commands'];
  if (!Array.isArray(commands) || commands.length === 0) return envelopeError(400, 'No commands');
  if (!commands.every(isJsonObject)) return envelopeError(400, 'Invalid JSON');
  if (settings.oversizeBatch === 'reject' && commands.length > BATCH_LIMIT) {
    return envelopeError(400, `Too many commands: ${commands.length}, at most ${BATCH_LIMIT}`);
  }
  if (settings.unknownCommand === 'reject-command') return null;
  const unknown = commands.find(({ name }) => !isKnown(name, settings.systemTimeInBatch));
  if (unknown === undefined) return null;
  const name = typeof unknown['name'] === 'string' ? unknown['name'] : null;
  return envelopeError(400, `Unknown command ${JSON.stringify(name)}`);
}

/**
 * Runs the commands of a batch, by default in shuffled order; results stand in the order of the commands. The status is
 * 200 and the envelope's `success` true even when commands fail. Source: Batch commands.
 */
export function runBatch(project: Project, request: ApiRequest, route: Route): Answer {
  const startedAt = project.clock() / 1000;
  const writes = readWrites(route, request.body);
  const results = new Array<Result>(writes.length);
  for (const index of runOrder(project, writes.length)) {
    const write = writes[index];
    if (write !== undefined) results[index] = resultOf(project, request, route, write);
  }
  const shown = request.plan.fault?.kind === 'results' ? spoilt(results, request.plan.fault.change) : results;
  return jsonAnswer(200, { results: shown, start_time: startedAt, end_time: project.clock() / 1000, success: true });
}

function spoilt(results: readonly Result[], change: ResultsChange): readonly Result[] {
  if (change === 'reversed') return results.toReversed();
  if (change === 'missing') return results.slice(0, -1);
  if (change === 'extra') return [...results, { success: true, command_id: 'of-no-command' }];
  return results.map(({ command_id: _, ...result }) => result);
}

const TIME = 'system/time';

function isKnown(name: Json | undefined, timeAllowed: boolean): boolean {
  return typeof name === 'string' && (COMMANDS.has(name) || (name === TIME && timeAllowed));
}

function resultOf(project: Project, request: ApiRequest, route: Route, write: Write): Result {
  const echo = write.commandId === null ? {} : { command_id: write.commandId };
  if (write.command === TIME && project.settings.systemTimeInBatch) {
    return { success: true, ...echo, time: project.clock() / 1000 };
  }
  const { errors } = runWrite(project, request, route, write);
  return errors.length === 0 ? { success: true, ...echo } : { success: false, ...echo, errors };
}

/** Fisher and Yates. */
function runOrder({ settings, random }: Project, length: number): readonly number[] {
  const order = Array.from({ length }, (_, index) => index);
  if (settings.batchOrder === 'array') return order;
  for (let last = length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    const moved = order[last] ?? last;
    order[last] = order[pick] ?? pick;
    order[pick] = moved;
  }
  return order;
}
