import type { ClaimedDelivery } from '../../core/delivery.ts';
import { REQUEST_SHAPES } from './shapes.ts';

/** One POST to the tracking API. */
export interface TrackingCall {
  /** Below the project's address, such as `customers/events`. */
  readonly route: string;
  /** The frozen text, as it is. */
  readonly body: string;
}

/** The single call that carries this delivery; null when there is no such endpoint (any more). */
export function singleCall({ endpoint, request }: Pick<ClaimedDelivery, 'endpoint' | 'request'>): TrackingCall | null {
  const shape = REQUEST_SHAPES.find(({ name }) => name === endpoint);
  return shape === undefined ? null : { route: shape.route, body: request };
}
