import { PointsmanError } from '../../core/errors.ts';
import type { EndpointCatalogue } from '../../ports/destination.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Applied } from '../../ports/store.ts';
import type { Pauses } from './pauses.ts';

/** What a person wants paused or resumed. */
export interface DestinationOrder {
  readonly destination: string;
  /** Null = the whole destination. */
  readonly endpoint: string | null;
  /** In the person's words; null when none was given. */
  readonly reason: string | null;
  /** Who: the name of a token, or of the machine's user. */
  readonly by: string;
}

/** What carrying out such an order needs. */
export interface ControlTools {
  readonly pauses: Pauses;
  readonly destinations: ReadonlyMap<string, EndpointCatalogue>;
  readonly log: Logger;
  /** Told after a change: gathered deliveries go back, or pending ones may go. A hint. */
  readonly onChanged: () => void;
}

/** Pauses until somebody resumes it. Throws `API_NOT_FOUND` when there is no such destination or endpoint. */
export async function pauseDestination(order: DestinationOrder, tools: ControlTools): Promise<Applied> {
  check(order, tools);
  const { destination, endpoint, reason, by } = order;
  const detail = `Paused by ${by}${reason === null ? '' : `: ${reason}`}`;
  const applied = await tools.pauses.pauseByHand({ destination, endpoint }, detail);
  return tell(order, applied, 'paused by hand: nothing is sent until it is resumed', tools);
}

/** Ends every pause of exactly this destination or endpoint, whatever its cause. Throws as above. */
export async function resumeDestination(order: DestinationOrder, tools: ControlTools): Promise<Applied> {
  check(order, tools);
  const { destination, endpoint } = order;
  const applied = await tools.pauses.resumeByHand({ destination, endpoint });
  return tell(order, applied, 'resumed by hand', tools);
}

/** What is paused may be resumed although the config does not name it any more. */
function check({ destination, endpoint }: DestinationOrder, { destinations, pauses }: ControlTools): void {
  if (pauses.ongoing(destination).some((pause) => pause.endpoint === endpoint)) return;
  const catalogue = destinations.get(destination);
  if (!catalogue) {
    const known = [...destinations.keys()].join(', ') || 'none';
    throw new PointsmanError('API_NOT_FOUND', `There is no destination ${destination}; the config has: ${known}`);
  }
  if (endpoint === null || catalogue.endpoints.has(endpoint)) return;
  const known = [...catalogue.endpoints.keys()].join(', ');
  throw new PointsmanError('API_NOT_FOUND', `${destination} has no endpoint ${endpoint}; it has: ${known}`);
}

function tell(order: DestinationOrder, applied: Applied, message: string, { log, onChanged }: ControlTools): Applied {
  if (applied !== 'applied') return applied;
  const { destination, endpoint, by } = order;
  log.warn({ stage: 'deliver', destination, endpoint, by }, message);
  onChanged();
  return applied;
}
