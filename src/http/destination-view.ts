import type { Pause } from '../core/pause.ts';
import type { DestinationStatus } from '../pipeline/deliver/destination-status.ts';
import type { EndpointCatalogue } from '../ports/destination.ts';

/** A destination as the API shows it. Times as ISO 8601. */
export interface DestinationView {
  readonly id: string;
  readonly endpoints: readonly string[];
  readonly state: DestinationStatus['state'];
  readonly since: string | null;
  readonly reason: string | null;
  /** What only a running server knows; null without one. */
  readonly breaker: DestinationStatus['breaker'] | null;
  readonly callsInFlight: number | null;
  readonly gathered: number | null;
  readonly ratePerSecond: number | null;
  readonly heldUntil: string | null;
  readonly pauses: readonly {
    readonly endpoint: string | null;
    readonly cause: Pause['cause'];
    readonly detail: string;
    readonly since: string;
  }[];
}

/** What a view is made of. */
export interface DestinationFacts {
  readonly id: string;
  readonly catalogue: EndpointCatalogue;
  /** Null where no server runs, or before it serves this destination. */
  readonly status: DestinationStatus | null;
  /** Those that go on. */
  readonly pauses: readonly Pause[];
}

/** Shows a destination. */
export function destinationView({ id, catalogue, status, pauses }: DestinationFacts): DestinationView {
  const whole = pauses.find(({ endpoint }) => endpoint === null);
  return {
    id,
    endpoints: [...catalogue.endpoints.keys()],
    state: status?.state ?? (whole ? 'paused' : 'ok'),
    since: timeOf(status?.sinceMs ?? whole?.sinceMs ?? null),
    reason: status?.reason ?? whole?.detail ?? null,
    breaker: status?.breaker ?? null,
    callsInFlight: status?.callsInFlight ?? null,
    gathered: status?.gathered ?? null,
    ratePerSecond: status?.ratePerSecond ?? null,
    heldUntil: timeOf(status?.heldUntilMs ?? null),
    pauses: pauses.map(({ endpoint, cause, detail, sinceMs }) => ({
      ...{ endpoint, cause, detail },
      since: new Date(sinceMs).toISOString(),
    })),
  };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
