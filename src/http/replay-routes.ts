import { type RequestHandler, Router } from 'express';
import { PointsmanError } from '../core/errors.ts';
import { rowKey } from '../core/id.ts';
import type { ReplayAction } from '../core/replay.ts';
import type { ReplayDesk } from '../pipeline/replay/replay-desk.ts';
import type { Clock } from '../ports/clock.ts';
import { requireRole } from './api-auth.ts';
import { jsonBody } from './json-body.ts';
import { listView, pageRequestOf, queryOf } from './paging.ts';
import { replayRequestOf } from './replay-orders.ts';
import { replayLookView, replayView } from './replay-view.ts';

/** What the routes of replays answer from. */
export interface ReplayRouteTools {
  readonly replays: ReplayDesk;
  readonly clock: Clock;
}

/** Room for the most ids. */
const BODY_LIMIT_BYTES = 512 * 1024;

/** Ordering replays, and seeing how far they got. */
export function replayRoutes({ replays, clock }: ReplayRouteTools): Router {
  const routes = Router();
  const admin = requireRole('admin');
  routes.get('/replays', async (request, response) => {
    const { page, filters } = pageRequestOf(queryOf(request.query));
    response.json(listView(await replays.list(page), replayView, filters));
  });
  routes.get('/replays/:id', async (request, response) => {
    const replay = await replays.find(replayKey(request.params.id));
    if (!replay) throw missing(request.params.id);
    response.json(replayView(replay));
  });
  routes.post('/replays', admin, jsonBody(BODY_LIMIT_BYTES), async (request, response) => {
    const { choice, ratePerSecond, dryRun } = replayRequestOf(request.body, clock.now());
    if (dryRun) response.json(replayLookView(await replays.look(choice)));
    else response.json(replayView(await replays.start(choice, ratePerSecond)));
  });
  const change =
    (action: ReplayAction): RequestHandler<{ id: string }> =>
    async (request, response) => {
      response.json(replayView(await replays.change(replayKey(request.params.id), action)));
    };
  routes.post('/replays/:id/pause', admin, change('pause'));
  routes.post('/replays/:id/resume', admin, change('resume'));
  routes.post('/replays/:id/cancel', admin, change('cancel'));
  return routes;
}

/** The row behind a replay's public id. Throws `API_NOT_FOUND` for anything else. */
export function replayKey(id: string): number {
  const key = rowKey('rpl', id);
  if (key === null) throw missing(id);
  return key;
}

function missing(id: string): PointsmanError {
  return new PointsmanError('API_NOT_FOUND', `There is no replay ${id.slice(0, 50)}`);
}
