import { isJsonObject, type Json } from '../../core/json.ts';
import type { ApiRequest } from './api-request.ts';
import type { FaultKind } from './fault.ts';
import type { FaultPlan } from './faults.ts';
import type { JournalEntry } from './journal.ts';
import type { Project } from './project.ts';
import { type Route, routePath } from './routes.ts';
import type { Outcome } from './stats.ts';
import { eventTypeOf, readWrites, type Write } from './write.ts';

/** What is noted about a command or a whole request. */
export interface Note {
  readonly outcome: Outcome;
  readonly errors: readonly string[];
}

/** Entries that one request refused as a whole may add: a hostile batch must not wash out the journal. */
const WHOLE_REQUEST_ENTRIES = 50;

/** Counts a command that was run and writes it to the journal. */
export function recordCommand(project: Project, request: ApiRequest, route: Route, write: Write, note: Note): void {
  project.stats.command(note.outcome);
  addEntry(project, request, route, write, note);
}

/** Writes every command of a request that was not run to the journal; reads and unknown paths leave no entry. */
export function recordRequest(project: Project, request: ApiRequest, note: Note): void {
  const route = routePath(request.path)?.route;
  if (route?.writes !== true) return;
  if (note.outcome === 'rejected') project.stats.refusedRequest();
  if (!project.journal.on) return;
  for (const write of readWrites(route, request.body).slice(0, WHOLE_REQUEST_ENTRIES)) {
    addEntry(project, request, route, write, note);
  }
}

function addEntry(project: Project, request: ApiRequest, route: Route, write: Write, note: Note): void {
  if (!project.journal.on) return;
  const data = route.name === 'batch' ? textOf(write.data) : request.body.text;
  const ids = isJsonObject(write.data) ? (write.data['customer_ids'] ?? null) : null;
  project.journal.add({
    receivedAtMs: project.clock(),
    route: route.name as JournalEntry['route'],
    command: write.command,
    command_id: write.commandId,
    customer_ids: textOf(ids) === '' ? null : ids,
    event_type: eventTypeOf(write),
    data,
    body: request.body.text,
    outcome: note.outcome,
    errors: note.errors,
    fault: faultKindOf(request.plan),
  });
}

/** The kind of fault that hit a request; null for none. */
export function faultKindOf({ fault, delayMs }: FaultPlan): FaultKind | null {
  return fault?.kind ?? (delayMs > 0 ? 'latency' : null);
}

/** JSON text, empty where there is none or where it is nested too deep to be written. */
function textOf(value: Json | undefined): string {
  try {
    return value === undefined ? '' : JSON.stringify(value);
  } catch {
    return '';
  }
}
