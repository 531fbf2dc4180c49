import express, { type ErrorRequestHandler, type Express, type Request, Router } from 'express';
import { PointsmanError } from '../core/errors.ts';
import { type IdKind, rowKey } from '../core/id.ts';
import type { RuleSet } from '../core/rule-set.ts';
import type { Log } from '../ports/log.ts';
import type { Logger } from '../ports/logger.ts';
import { type ApiToken, requireToken } from './api-auth.ts';
import { type DeliveryActionTools, deliveryActionRoutes } from './delivery-action-routes.ts';
import { type DestinationTools, destinationRoutes } from './destination-routes.ts';
import { type FactTools, factRoutes } from './fact-routes.ts';
import { causeFilterOf, deliveryFilterOf, eventFilterOf } from './filters.ts';
import {
  deadCauseView,
  deliveryViews,
  eventView,
  GOING_ON,
  receiptView,
  shownVersion,
  unmatchedView,
} from './log-view.ts';
import { type LookTools, lookRoutes } from './look-routes.ts';
import { type MemberRouteTools, memberRoutes } from './member-routes.ts';
import { listView, pageRequestOf, queryOf } from './paging.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { type ReplayRouteTools, replayRoutes } from './replay-routes.ts';

/** What is measured, as text for Prometheus. */
interface MetricsText {
  readonly contentType: string;
  /** Never rejects because the store does not answer. */
  scrape(): Promise<string>;
}

/** What the app answers from. */
export interface AppTools extends FactTools, LookTools, DestinationTools, DeliveryActionTools, ReplayRouteTools {
  readonly log: Logger;
  readonly store: FactTools['store'] & DeliveryActionTools['store'];
  readonly delivering: DestinationTools['delivering'];
  readonly forgetting: MemberRouteTools;
  /** Reads that never stall the door. */
  readonly reads: Log;
  readonly tokens: readonly ApiToken[];
  readonly version: string;
  /** Whether config and mappings on disk are what is in force. */
  readonly isConfigurationValid: () => boolean;
  readonly metrics: MetricsText;
  /** Null when ready, else one line why not. */
  readonly unreadiness: () => Promise<string | null>;
}

const MOST_UNMATCHED_NAMES = 200;

/** Everything on the port that is not a webhook: health, metrics, version, and the log under `/api/v1`. */
export function createApp(tools: AppTools): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get(['/healthz', '/livez'], (_request, response) => void response.json({ status: 'ok' }));
  app.get(['/readyz', '/ready'], async (_request, response) => {
    const why = await tools.unreadiness();
    const configurationValid = tools.isConfigurationValid();
    // An invalid file is no reason to send webhooks elsewhere: what ran before goes on.
    if (why === null) response.json({ status: 'ready', configurationValid });
    else response.status(503).json({ status: 'not ready', why, configurationValid });
  });
  app.get('/version', (_request, response) => void response.json({ name: 'pointsman', version: tools.version }));
  app.get('/metrics', async (_request, response) => {
    response.set('content-type', tools.metrics.contentType).send(await tools.metrics.scrape());
  });
  app.use('/api', requireToken(tools.tokens));
  app.use('/api/v1', logRoutes(tools), factRoutes(tools), ruleRoutes(tools), lookRoutes(tools));
  app.use('/api/v1', destinationRoutes(tools), deliveryActionRoutes(tools));
  app.use('/api/v1', replayRoutes(tools), memberRoutes(tools.forgetting));
  app.use((request: Request) => {
    throw new PointsmanError('API_NOT_FOUND', `Nothing answers ${request.method} ${request.path.slice(0, 200)}`);
  });
  app.use(answerProblem(tools.log));
  return app;
}

function logRoutes({ reads, destinations, looks, isConfigurationValid }: AppTools): Router {
  const routes = Router();
  const views = async () => deliveryViews({ destinations, pauses: await reads.pauses(GOING_ON) });
  routes.get('/deliveries', async (request, response) => {
    const { page, filters } = pageRequestOf(queryOf(request.query));
    const found = await reads.deliveries(deliveryFilterOf(filters), page);
    response.json(listView(found, (await views()).deliveryView, filters));
  });
  routes.get('/deliveries/causes', async (request, response) => {
    const causes = await reads.deadCauses(causeFilterOf(queryOf(request.query)));
    response.json({ items: causes.map(deadCauseView), next: null });
  });
  routes.get('/deliveries/:id', async (request, response) => {
    const detail = await found('dlv', request.params.id, (key) => reads.delivery(key));
    response.json((await views()).explainedDeliveryView(detail, await looks.explain(detail)));
  });
  routes.get('/events', async (request, response) => {
    const { page, filters } = pageRequestOf(queryOf(request.query));
    response.json(listView(await reads.events(eventFilterOf(filters), page), eventView, filters));
  });
  routes.get('/events/unmatched', async (_request, response) => {
    const names = await reads.unmatchedNames(MOST_UNMATCHED_NAMES);
    response.json({ items: names.map(unmatchedView), next: null });
  });
  routes.get('/events/:id', async (request, response) => {
    const detail = await found('evt', request.params.id, (key) => reads.event(key));
    response.json((await views()).eventDetailView(detail));
  });
  routes.get('/reloads', async (request, response) => {
    const { page, filters } = pageRequestOf(queryOf(request.query));
    response.json(listView(await reads.receipts(page), receiptView, filters));
  });
  routes.get('/stats', async (_request, response) => {
    response.json({ ...(await reads.stats(0)), configurationValid: isConfigurationValid() });
  });
  return routes;
}

function ruleRoutes({ ruleSet }: AppTools): Router {
  const routes = Router();
  routes.get('/mappings', (_request, response) => {
    response.json({ items: ruleSet().mappings.map(mappingView), next: null });
  });
  routes.get('/mappings/:id', (request, response) => {
    const mapping = ruleSet().byId.get(request.params.id);
    if (!mapping) throw new PointsmanError('API_NOT_FOUND', `There is no mapping ${request.params.id}`);
    response.json({ ...mappingView(mapping), text: mapping.text });
  });
  return routes;
}

function mappingView(mapping: RuleSet['mappings'][number]) {
  const { id, file, version, description, enabled, mode, source, events, destination, endpoint } = mapping;
  const to = `${destination}.${endpoint}`;
  return { id, file, version: shownVersion(version), description, enabled, mode, source, events, to };
}

/** The row behind a public id. Throws `API_NOT_FOUND` when there is none. */
async function found<Row>(kind: IdKind, id: string, read: (key: number) => Promise<Row | null>): Promise<Row> {
  const key = rowKey(kind, id);
  const row = key === null ? null : await read(key);
  if (row === null) throw new PointsmanError('API_NOT_FOUND', `There is no ${id}`);
  return row;
}

/** Express throws a `URIError` at an address that it cannot decode. */
function reasonOf(error: unknown): unknown {
  return error instanceof URIError ? new PointsmanError('API_NOT_FOUND', 'The address is malformed') : error;
}

function answerProblem(log: Logger): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const problem = problemOf(reasonOf(error));
    if (problem.status >= 500) {
      log.error({ stage: 'api', code: problem.code, err: String(error?.stack ?? error) }, 'the API failed');
    }
    if (problem.status === 401) response.set('www-authenticate', 'Bearer');
    response.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  };
}
