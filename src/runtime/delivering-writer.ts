import type { Config } from '../config/config.ts';
import type { JsonObject } from '../core/json.ts';
import { type DestinationView, destinationView } from '../http/destination-view.ts';
import { actOnDelivery, type DeliveryAction } from '../pipeline/deliver/delivery-control.ts';
import { type DestinationOrder, pauseDestination, resumeDestination } from '../pipeline/deliver/destination-control.ts';
import { loadPauses } from '../pipeline/deliver/pauses.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { mappingContextOf } from './registry.ts';

/** Steers what is delivered: through the running server, or in the store itself where none runs. */
export interface DeliveringWriter {
  destinations(): Promise<readonly DestinationView[]>;
  /** Whether it was not paused before. */
  pause(order: Omit<DestinationOrder, 'by'>): Promise<boolean>;
  /** Whether it was paused before. */
  resume(order: Omit<DestinationOrder, 'by'>): Promise<boolean>;
  /** Throws `API_NOT_FOUND` and `API_CONFLICT`. */
  act(id: string, action: DeliveryAction): Promise<void>;
}

/** A call of the server's API, tried again when it fails for now; one with `withinMs` is made once, and may take so long. */
export type Call = (
  method: 'GET' | 'POST',
  path: string,
  body?: string,
  once?: { readonly withinMs: number },
) => Promise<JsonObject>;

/** What steering a store needs. */
interface StoreTools {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who acts where there is no token that tells. */
const BY = 'the command line';

/** Steers the server behind `call`. */
export function serverDelivering(call: Call): DeliveringWriter {
  const change = async (what: 'pause' | 'resume', { destination, endpoint, reason }: Omit<DestinationOrder, 'by'>) => {
    const path = `/api/v1/destinations/${encodeURIComponent(destination)}/${what}`;
    return (await call('POST', path, JSON.stringify({ endpoint, reason })))['changed'] === true;
  };
  return {
    async destinations() {
      const { items } = await call('GET', '/api/v1/destinations');
      return items as unknown as readonly DestinationView[];
    },
    pause: (order) => change('pause', order),
    resume: (order) => change('resume', order),
    async act(id, action) {
      await call('POST', `/api/v1/deliveries/${encodeURIComponent(id)}/${action}`);
    },
  };
}

/** Steers what the next server will deliver from this store. */
export function storeDelivering(store: Store, { config, clock, log }: StoreTools): DeliveringWriter {
  const { destinations } = mappingContextOf(config);
  const signal = new AbortController().signal;
  const control = async () => {
    const pauses = await loadPauses({ store, clock, log, signal });
    return { pauses, destinations, log, onChanged: () => undefined };
  };
  return {
    async destinations() {
      const { pauses } = await control();
      return [...destinations].map(([id, catalogue]) =>
        destinationView({ id, catalogue, status: null, pauses: pauses.ongoing(id) }),
      );
    },
    pause: async (order) => (await pauseDestination({ ...order, by: BY }, await control())) === 'applied',
    resume: async (order) => (await resumeDestination({ ...order, by: BY }, await control())) === 'applied',
    act: (id, action) =>
      actOnDelivery({ id, action, by: BY }, { store, reads: store, clock, log, onChanged: () => undefined }),
  };
}
