import type { Registry } from 'prom-client';
import type { DestinationStatus } from '../../pipeline/deliver/destination-status.ts';
import type { Endpoint } from '../../ports/destination.ts';
import { type Label, publishGauge, type Sample } from './publish.ts';

/** A configured destination, as far as its metrics go. */
interface MeteredDestination {
  readonly endpoints: ReadonlyMap<string, Pick<Endpoint, 'name'>>;
}

/** What the gauges of the running server are read from. */
export interface ServerState {
  readonly isConfigurationValid: () => boolean;
  readonly mappings: () => number;
  readonly destinations: () => ReadonlyMap<string, MeteredDestination>;
  readonly statuses: () => readonly DestinationStatus[];
  readonly replaysRunning: () => number;
  readonly isStoreWritable: () => boolean;
}

/** Publishes what is so in memory now. */
export function publishState(registry: Registry, state: ServerState): void {
  const single = (name: string, help: string, read: () => number) =>
    publishGauge(registry, { name, help, read: () => [{ value: read() }] });
  single('configuration_valid', '1 = what is in force is what the files say.', () =>
    Number(state.isConfigurationValid()),
  );
  single('mappings', 'Mappings in force.', state.mappings);
  single('replays_running', 'Replays that are being carried out.', state.replaysRunning);
  single('store_writable', '1 = the last test write went through.', () => Number(state.isStoreWritable()));
  publishDestinations(registry, state);
}

function publishDestinations(registry: Registry, state: ServerState): void {
  const labels: readonly Label[] = ['destination'];
  const byDestination = (name: string, help: string, read: (status: DestinationStatus) => number) =>
    publishGauge(registry, {
      ...{ name, help, labels },
      read: () =>
        state.statuses().map((status) => ({ labels: { destination: status.destination }, value: read(status) })),
    });
  byDestination('destination_paused', '1 = nothing is sent to it until the pause ends.', ({ pauses }) =>
    Number(pauses.some(({ endpoint }) => endpoint === null)),
  );
  byDestination('breaker_open', '1 = call after call failed, so nothing is sent for a while.', ({ breaker }) =>
    Number(breaker === 'open'),
  );
  byDestination('breaker_half_open', '1 = one call at a time finds out whether it is back.', ({ breaker }) =>
    Number(breaker === 'half-open'),
  );
  byDestination('destination_rate_limit', 'Calls a second that may leave now.', ({ ratePerSecond }) => ratePerSecond);
  byDestination('calls_in_flight', 'Calls that are not answered yet.', ({ callsInFlight }) => callsInFlight);
  byDestination('deliveries_gathered', 'Claimed deliveries that wait for their call.', ({ gathered }) => gathered);
  publishGauge(registry, {
    name: 'endpoint_paused',
    help: '1 = nothing is sent to this endpoint until the pause ends.',
    labels: ['destination', 'endpoint'],
    read: () => endpointPauses(state),
  });
}

function* endpointPauses({ destinations, statuses }: ServerState): Iterable<Sample> {
  for (const { destination, pauses } of statuses()) {
    for (const endpoint of destinations().get(destination)?.endpoints.keys() ?? []) {
      const value = Number(pauses.some((pause) => pause.endpoint === endpoint));
      yield { labels: { destination, endpoint }, value };
    }
  }
}
