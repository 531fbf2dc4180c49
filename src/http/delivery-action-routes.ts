import { type RequestHandler, Router } from 'express';
import { actOnDelivery, type DeliveryAction, type DeliveryControlTools } from '../pipeline/deliver/delivery-control.ts';
import { requireRole, tokenNameOf } from './api-auth.ts';
import type { Delivering } from './destination-routes.ts';

/** What the routes answer from. */
export interface DeliveryActionTools extends Omit<DeliveryControlTools, 'onChanged'> {
  readonly delivering: Pick<Delivering, 'wake'>;
}

/** Skipping a pending delivery, and letting one go at once. */
export function deliveryActionRoutes({ delivering, ...tools }: DeliveryActionTools): Router {
  const control = { ...tools, onChanged: () => delivering.wake() };
  const routes = Router();
  const answer =
    (action: DeliveryAction): RequestHandler<{ id: string }> =>
    async (request, response) => {
      const { id } = request.params;
      await actOnDelivery({ id, action, by: tokenNameOf(response) }, control);
      response.json({ id, action });
    };
  routes.post('/deliveries/:id/skip', requireRole('admin'), answer('skip'));
  routes.post('/deliveries/:id/release', requireRole('admin'), answer('release'));
  return routes;
}
