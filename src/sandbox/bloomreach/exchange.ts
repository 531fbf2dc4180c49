import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type Answer, authError, jsonAnswer } from './answer.ts';
import { serve } from './api.ts';
import type { ApiRequest } from './api-request.ts';
import { parseBody, readBody } from './body.ts';
import { CONTROL_PREFIX, control } from './control.ts';
import type { FaultPlan } from './faults.ts';
import type { Project } from './project.ts';
import { faultKindOf, recordRequest } from './record.ts';
import { routePath } from './routes.ts';
import { readWrites, type Write } from './write.ts';

/** How a request ends: with an answer, with a broken connection, or not at all. */
type Ending = Answer | 'reset' | 'silence';

/** What an exchange needs besides its two ends. */
export interface ExchangeContext {
  readonly project: Project;
  /** Aborted when the sandbox closes: nobody waits for a delayed answer any longer. */
  readonly closing: AbortSignal;
  /** A fresh value for `x-request-id`. */
  readonly requestId: () => string;
}

/** Carries one request from its first byte to its end, through the faults that hit it. */
export async function exchange(context: ExchangeContext, incoming: IncomingMessage, response: ServerResponse) {
  const { path, query } = splitUrl(incoming.url ?? '/');
  if (path.startsWith(CONTROL_PREFIX)) return answerControl(context, incoming, response, { path, query });

  const { project } = context;
  project.stats.request();
  // Drawn before the body where that is possible: only then does a reset come before anything is read.
  const early = project.faults.needBody ? null : project.faults.draw(path, []);
  if (early !== null && resetsFirst(early)) {
    return end(context, response, answerOrFault(project, describe(incoming, path, NO_BODY, early)));
  }
  const body = await readBody(incoming, project.settings.bodyLimitBytes);
  if (body === null) return;
  const plan = early ?? project.faults.draw(path, writesOf(path, body));
  const ending = answerOrFault(project, describe(incoming, path, body, plan));
  if (plan.delayMs > 0) await setTimeout(plan.delayMs, null, { signal: context.closing });
  end(context, response, ending);
}

const NO_BODY = parseBody(Buffer.alloc(0));
const OUTAGE = authError(503, 'Service Unavailable');

async function answerControl(
  context: ExchangeContext,
  incoming: IncomingMessage,
  response: ServerResponse,
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
): Promise<void> {
  const body = await readBody(incoming, context.project.settings.bodyLimitBytes);
  if (body === null) return;
  end(context, response, control(context.project, { method: incoming.method ?? 'GET', path, query, json: body.json }));
}

function answerOrFault(project: Project, request: ApiRequest): Ending {
  const { fault } = request.plan;
  if (faultKindOf(request.plan) !== null) project.stats.fault();
  if (fault === null || fault.kind === 'refuse' || fault.kind === 'results') return serve(project, request);
  if (fault.kind === 'reset-after') {
    serve(project, request);
    return 'reset';
  }
  recordRequest(project, request, { outcome: 'faulted', errors: [] });
  if (fault.kind === 'hang') return 'silence';
  if (fault.kind === 'reset-before') return 'reset';
  if (fault.kind === 'html') return webPage(fault.status ?? 502);
  if (fault.kind === 'outage') return fault.mode === 'reset' ? 'reset' : OUTAGE;
  const answer = jsonAnswer(fault.status, { success: false, error: `Fault: ${fault.status}` });
  const retryAfter = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
  const body = typeof fault.body === 'object' ? JSON.stringify(fault.body) : (fault.body ?? answer.body);
  return { status: fault.status, headers: { ...answer.headers, ...retryAfter }, body };
}

function end({ requestId }: ExchangeContext, response: ServerResponse, ending: Ending): void {
  if (ending === 'silence') return;
  if (ending === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const length = Buffer.byteLength(ending.body);
  response.writeHead(ending.status, { ...ending.headers, 'content-length': length, 'x-request-id': requestId() });
  response.end(ending.body);
}

function describe(incoming: IncomingMessage, path: string, body: ApiRequest['body'], plan: FaultPlan): ApiRequest {
  const ip = incoming.socket.remoteAddress ?? '';
  return { method: incoming.method ?? 'GET', path, headers: incoming.headers, ip, body, plan };
}

function resetsFirst({ fault }: FaultPlan): boolean {
  return fault?.kind === 'reset-before' || (fault?.kind === 'outage' && fault.mode === 'reset');
}

function writesOf(path: string, body: ApiRequest['body']): readonly Write[] {
  const route = routePath(path)?.route;
  return route?.writes === true ? readWrites(route, body) : [];
}

function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = url.indexOf('?');
  return mark < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

function webPage(status: 200 | 502): Answer {
  const title = status === 200 ? 'Welcome' : '502 Bad Gateway';
  const body = `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
