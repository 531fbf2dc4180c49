import { PointsmanError } from '../../core/errors.ts';
import { publicId, rowKey } from '../../core/id.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Applied, Store } from '../../ports/store.ts';

/** What a person does with one delivery. */
export type DeliveryAction = 'skip' | 'release';

/** Which delivery, and who acts. */
export interface DeliveryOrder {
  /** `dlv_…`. */
  readonly id: string;
  readonly action: DeliveryAction;
  /** Who: the name of a token, or of the machine's user. */
  readonly by: string;
}

/** What acting on a delivery needs. */
export interface DeliveryControlTools {
  readonly store: Pick<Store, 'skipDeliveries' | 'releaseDeliveries'>;
  readonly reads: Pick<Log, 'delivery'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'skippedByHand'>;
  /** Told after a change: it may be sent, or its lane has a new head. A hint. */
  readonly onChanged: () => void;
}

/**
 * Skips a pending delivery for good, or lets it go at once, apart from its lane. Throws `API_NOT_FOUND` when there is
 * none, `API_CONFLICT` when it is in flight or final.
 */
export async function actOnDelivery({ id, action, by }: DeliveryOrder, tools: DeliveryControlTools): Promise<void> {
  const key = rowKey('dlv', id);
  const applied = key === null ? 'stale' : await act(key, action, tools);
  if (key === null || applied === 'stale') throw await refusal(key, { id, action }, tools.reads);
  const message = action === 'skip' ? 'skipped by hand' : 'released by hand: it goes at once, apart from its lane';
  if (action === 'skip') tools.meter?.skippedByHand();
  tools.log.warn({ stage: 'deliver', delivery: key, by }, message);
  tools.onChanged();
}

async function act(key: number, action: DeliveryAction, { store, clock }: DeliveryControlTools): Promise<Applied> {
  const nowMs = clock.now();
  const [applied] =
    action === 'skip' ? await store.skipDeliveries([key], nowMs) : await store.releaseDeliveries([key], nowMs);
  return applied ?? 'stale';
}

async function refusal(
  key: number | null,
  { id, action }: Pick<DeliveryOrder, 'id' | 'action'>,
  reads: Pick<Log, 'delivery'>,
): Promise<PointsmanError> {
  const found = key === null ? null : await reads.delivery(key);
  if (key === null || found === null) return new PointsmanError('API_NOT_FOUND', `There is no ${id}`);
  const shown = publicId('dlv', key);
  if (found.status === 'pending') {
    return new PointsmanError('API_CONFLICT', `${shown} is being sent just now: look at its answer first`);
  }
  const done = action === 'skip' ? 'skipped' : 'released';
  return new PointsmanError('API_CONFLICT', `${shown} is ${found.status}: only a pending one can be ${done}`);
}
