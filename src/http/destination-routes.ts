import { type RequestHandler, type Response, Router } from 'express';
import type { Json } from '../core/json.ts';
import { type DestinationOrder, pauseDestination, resumeDestination } from '../pipeline/deliver/destination-control.ts';
import type { DestinationStatus } from '../pipeline/deliver/destination-status.ts';
import type { Pauses } from '../pipeline/deliver/pauses.ts';
import type { EndpointCatalogue } from '../ports/destination.ts';
import type { Logger } from '../ports/logger.ts';
import { optionalBody, textsIn } from './action-body.ts';
import { requireRole, tokenNameOf } from './api-auth.ts';
import { type DestinationView, destinationView } from './destination-view.ts';

/** What delivers while the server runs. */
export interface Delivering {
  readonly pauses: Pauses;
  statuses(): readonly DestinationStatus[];
  /** A hint that something may be due, or may not be sent any more. */
  wake(): void;
}

/** What the routes of destinations answer from. */
export interface DestinationTools {
  readonly destinations: ReadonlyMap<string, EndpointCatalogue>;
  /** Destinations that the config does not name any more and that something still waits for. */
  readonly missingDestinations: () => Promise<readonly string[]>;
  readonly delivering: Delivering;
  readonly log: Logger;
}

/** How each destination is served, and pausing and resuming it by hand. */
export function destinationRoutes(tools: DestinationTools): Router {
  const { destinations, missingDestinations, delivering, log } = tools;
  const control = { pauses: delivering.pauses, destinations, log, onChanged: () => delivering.wake() };
  const routes = Router();
  const answer =
    (act: typeof pauseDestination): RequestHandler<{ id: string }> =>
    async (request, response) => {
      const order = orderIn(request.params.id, request.body, response);
      const changed = (await act(order, control)) === 'applied';
      response.json({ changed, destination: viewOf(order.destination, tools) });
    };
  routes.get('/destinations', async (_request, response) => {
    response.json({ items: viewsOf(tools), next: null, missing: await missingDestinations() });
  });
  routes.post('/destinations/:id/pause', requireRole('admin'), optionalBody(), answer(pauseDestination));
  routes.post('/destinations/:id/resume', requireRole('admin'), optionalBody(), answer(resumeDestination));
  return routes;
}

function orderIn(destination: string, body: Json | undefined, response: Response): DestinationOrder {
  const texts = textsIn(body, ['endpoint', 'reason']);
  return { destination, ...texts, by: tokenNameOf(response) };
}

function viewsOf({ destinations, delivering }: DestinationTools): readonly DestinationView[] {
  const statuses = new Map(delivering.statuses().map((status) => [status.destination, status]));
  return [...destinations].map(([id, catalogue]) =>
    destinationView({ id, catalogue, status: statuses.get(id) ?? null, pauses: delivering.pauses.ongoing(id) }),
  );
}

/** Null when the config does not name it any more. */
function viewOf(id: string, tools: DestinationTools): DestinationView | null {
  return viewsOf(tools).find((view) => view.id === id) ?? null;
}
