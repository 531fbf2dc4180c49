import { createDeliverer, type DeliverTools } from '../../pipeline/deliver.ts';
import type { Destination } from '../../ports/destination.ts';
import { startWorkLoop, type WorkLoop } from '../work-loop.ts';

/** What delivering to every destination needs. */
export interface DeliverersTools extends Omit<DeliverTools, 'destination' | 'onSettled'> {
  /** Ends every loop after the step it is in. */
  readonly stopping: AbortSignal;
  readonly pollMs: number;
}

/** One delivering loop per destination. */
export interface Deliverers {
  /** A hint that something may be due. */
  wake(): void;
  /**
   * Delivers to these destinations from now on. One that is gone or was replaced claims nothing more, finishes what is
   * in flight, and is closed; what is pending to it goes to its replacement, or waits.
   */
  use(destinations: ReadonlyMap<string, Destination>): void;
  /** After `stopping`: resolves when nothing is in flight any more and every destination is closed. */
  ended(): Promise<void>;
}

interface Running {
  readonly destination: Destination;
  readonly loop: WorkLoop;
  /** Ends the loop, waits for what is in flight, closes. */
  retire(): Promise<void>;
}

/** Builds the loops; none runs before `use`. */
export function createDeliverers(tools: DeliverersTools): Deliverers {
  const running = new Map<string, Running>();
  const retiring = new Set<Promise<void>>();

  function retire(one: Running): void {
    running.delete(one.destination.id);
    const gone = one.retire().finally(() => retiring.delete(gone));
    retiring.add(gone);
  }

  return {
    wake() {
      for (const { loop } of running.values()) loop.wake();
    },
    use(destinations) {
      for (const one of [...running.values()]) {
        if (destinations.get(one.destination.id) !== one.destination) retire(one);
      }
      for (const [id, destination] of destinations) {
        if (!running.has(id)) running.set(id, start(destination, tools));
      }
    },
    async ended() {
      for (const one of [...running.values()]) retire(one);
      await Promise.all(retiring);
    },
  };
}

function start(destination: Destination, tools: DeliverersTools): Running {
  const retired = new AbortController();
  const signal = AbortSignal.any([tools.stopping, retired.signal]);
  const deliverer = createDeliverer({ ...tools, destination, onSettled: () => loop.wake() });
  const { pollMs, clock, log } = tools;
  const loop = startWorkLoop({ name: 'deliver', step: () => deliverer.step(), pollMs, clock, log, signal });
  return {
    destination,
    loop,
    async retire() {
      retired.abort();
      await loop.ended;
      await deliverer.drained();
      await destination.close().catch(() => undefined);
    },
  };
}
