import { Router } from 'express';
import { PointsmanError } from '../core/errors.ts';
import { checkpointName, type LearnTools, learn } from '../pipeline/learn/learn.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { requireRole } from './api-auth.ts';
import { factFilterOf } from './filters.ts';
import { jsonBody } from './json-body.ts';
import { factView } from './log-view.ts';
import { listView, pageRequestOf, queryOf } from './paging.ts';

/** What the routes of facts answer from. */
export interface FactTools extends LearnTools {
  readonly store: Pick<Store, 'learn' | 'checkpoint'>;
  readonly reads: Pick<Log, 'factRows'>;
}

/** Room for the most facts of usual size. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** The identity memory: what is remembered, learning more without an event, and how far a teacher got. */
export function factRoutes(tools: FactTools): Router {
  const { store, reads } = tools;
  const routes = Router();
  routes.get('/facts', async (request, response) => {
    const { page, filters } = pageRequestOf(queryOf(request.query));
    response.json(listView(await reads.factRows(factFilterOf(filters), page), factView, filters));
  });
  routes.post('/facts', requireRole('admin'), jsonBody(BODY_LIMIT_BYTES), async (request, response) => {
    response.json(await learn(request.body, tools));
  });
  routes.get('/facts/checkpoints/:name', async (request, response) => {
    const name = checkpointName(request.params.name);
    const value = await store.checkpoint(name);
    if (value === null) throw new PointsmanError('API_NOT_FOUND', `There is no checkpoint ${name}`);
    response.json({ name, value });
  });
  return routes;
}
