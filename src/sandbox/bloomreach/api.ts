import { type Answer, authError, envelopeError, pathError } from './answer.ts';
import type { ApiRequest } from './api-request.ts';
import { authorize } from './auth.ts';
import { refuseBatch, runBatch } from './batch.ts';
import { runExport } from './exports.ts';
import type { Project } from './project.ts';
import { recordRequest } from './record.ts';
import { type Route, type RoutedPath, routePath } from './routes.ts';
import { runSingle, systemTime } from './tracking.ts';

/** Answers one request as Bloomreach would: route, gate, run. */
export function serve(project: Project, request: ApiRequest): Answer {
  const routed = routePath(request.path);
  if (routed === null) return pathError(404, NOT_FOUND);
  const refusal = gate(project, request, routed);
  if (refusal === null) return run(project, request, routed.route);
  recordRequest(project, request, { outcome: 'rejected', errors: [`${refusal.status} ${refusal.body}`] });
  return refusal;
}

// The first sentence is documented; what follows it is the usual text of the framework behind it.
const NOT_FOUND =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';
const NOT_ALLOWED = 'The method is not allowed for the requested URL.';
const BAD_REQUEST = 'BadRequest: The browser (or proxy) sent a request that this server could not understand.';

/** Everything that can refuse a request as a whole, from the outside in. */
function gate(project: Project, request: ApiRequest, { route, projectToken }: RoutedPath): Answer | null {
  if (!route.methods.includes(request.method)) return pathError(405, NOT_ALLOWED);
  return (
    limitRate(project, request, route) ??
    authorize(request.headers.authorization, projectToken, project.credentials) ??
    refuseBody(project, request, route)
  );
}

/** The body of a 429 is unconfirmed; that the request is not carried out is documented. */
function limitRate(project: Project, { ip }: ApiRequest, route: Route): Answer | null {
  const waitSeconds = route.tracking ? project.rateLimit.take(ip, project.clock()) : 0;
  if (waitSeconds === 0) return null;
  const answer = authError(429, 'Too many requests');
  if (!project.settings.retryAfter) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(waitSeconds) } };
}

function refuseBody(project: Project, request: ApiRequest, route: Route): Answer | null {
  const { body, headers } = request;
  if (body.tooLarge) return pathError(413, 'The data value transmitted exceeds the capacity limit.');
  const encoding = headers['content-encoding'] ?? 'identity';
  if (body.gzip || encoding !== 'identity') return envelopeError(400, BAD_REQUEST);
  if (route.name === 'system/time') return null;
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    return envelopeError(400, 'Content-Type must be application/json');
  }
  if (route.name === 'batch') return refuseBatch(project, request);
  const readable = typeof body.json === 'object' && body.json !== null && !Array.isArray(body.json);
  return readable ? null : envelopeError(400, 'Invalid JSON');
}

function run(project: Project, request: ApiRequest, route: Route): Answer {
  if (route.name === 'batch') return runBatch(project, request, route);
  if (route.name === 'system/time') return systemTime(project);
  return route.writes ? runSingle(project, request, route) : runExport(project, route.name, request.body.json);
}
