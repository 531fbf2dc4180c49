import type { Json } from '../../core/json.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import type { CustomerExport } from './exports.ts';
import { ControlInputError, parseFault } from './fault-input.ts';
import type { Project } from './project.ts';
import { type SandboxState, stateOf } from './state.ts';

/** Where the control API lives; nothing of Bloomreach's begins with it. */
export const CONTROL_PREFIX = '/_sandbox/';

/** One control request. */
export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined when the body is not JSON. */
  readonly json: Json | undefined;
}

interface Desk {
  readonly project: Project;
  readonly state: SandboxState;
  readonly request: ControlRequest;
}

const CONTROLS: ReadonlyMap<string, (desk: Desk) => Answer> = new Map([
  ['GET faults', ({ project }) => jsonAnswer(200, { faults: project.faults.list() })],
  ['POST faults', ({ project, request }) => jsonAnswer(201, project.faults.add(parseFault(request.json)))],
  ['DELETE faults', clearFaults],
  ['GET stats', ({ state }) => jsonAnswer(200, state.stats())],
  ['GET journal', readJournal],
  ['GET customers', listCustomers],
  ['POST reset', reset],
] satisfies [string, (desk: Desk) => Answer][]);

/**
 * Answers the control API, by which faults are switched and what arrived is read back. It asks for no credentials, so
 * the sandbox must only listen where everyone who can reach it may use it: by default the loopback.
 * Bad input is answered with 400 and `{error, field}`.
 */
export function control(project: Project, request: ControlRequest): Answer {
  const handle = CONTROLS.get(`${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`);
  if (handle === undefined) {
    return jsonAnswer(404, { error: `no such control; there are: ${[...CONTROLS.keys()].join(', ')}` });
  }
  try {
    return handle({ project, state: stateOf(project), request });
  } catch (error) {
    if (!(error instanceof ControlInputError)) throw error;
    return jsonAnswer(400, { error: error.message, field: error.field });
  }
}

function clearFaults({ project }: Desk): Answer {
  project.faults.clear();
  return jsonAnswer(200, { faults: [] });
}

function reset({ state }: Desk): Answer {
  state.reset();
  return jsonAnswer(200, { reset: true });
}

/** `next` is the value of `after` for the following page, also when there is nothing new yet. */
function readJournal({ state, request }: Desk): Answer {
  const after = wholeNumber(request.query, 'after', 0, Number.MAX_SAFE_INTEGER, 0);
  const limit = wholeNumber(request.query, 'limit', 1, 1000, 100);
  const entries = state.journal({ after, limit });
  return jsonAnswer(200, { entries, next: entries.at(-1)?.seq ?? after });
}

function listCustomers({ state, request }: Desk): Answer {
  const limit = wholeNumber(request.query, 'limit', 1, 1000, 100);
  const customers = state.customers();
  return jsonAnswer(200, { total: customers.length, customers: customers.slice(0, limit).map(summary) });
}

function summary({ ids, properties, events }: CustomerExport): unknown {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return { ids, properties, events: Object.fromEntries(counts) };
}

function wholeNumber(query: URLSearchParams, name: string, min: number, max: number, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ControlInputError(name, `must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}
