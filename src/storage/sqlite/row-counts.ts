import type { DeliveryStatus } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';
import { type Blocks, mappingStatus, statusNumber } from './blocks.ts';

/** What an event is counted by: names by number. */
export interface CountedEvent {
  readonly id: number;
  readonly name: number;
  readonly source: number;
}

/** What a delivery is counted by: names by number. */
export interface CountedDelivery {
  readonly id: number;
  readonly event_name: number;
  readonly mapping: number;
  readonly destination: number;
  readonly endpoint: number;
}

/** Counts an event that comes (1) or goes (-1). */
export function countEvent(blocks: Blocks, { id, name, source }: CountedEvent, status: EventStatus, by: 1 | -1): void {
  blocks.count('event', 'status', statusNumber(status), id, by);
  if (by === -1) return;
  blocks.mark('event', 'name', name, id);
  blocks.mark('event', 'source', source, id);
}

/** Counts an event under another status than before. */
export function moveEvent(blocks: Blocks, id: number, from: EventStatus, to: EventStatus): void {
  if (from === to) return;
  blocks.count('event', 'status', statusNumber(from), id, -1);
  blocks.count('event', 'status', statusNumber(to), id, 1);
}

/** Counts a delivery that comes (1) or goes (-1). */
export function countDelivery(blocks: Blocks, row: CountedDelivery, status: DeliveryStatus, by: 1 | -1): void {
  const { id, event_name, mapping } = row;
  countStatus(blocks, id, mapping, status, by);
  if (by === -1) return;
  blocks.mark('delivery', 'name', event_name, id);
  blocks.mark('delivery', 'mapping', mapping, id);
  markAddress(blocks, row);
}

/** Counts a delivery under another status than before. */
export function moveDelivery(
  blocks: Blocks,
  { id, mapping }: Pick<CountedDelivery, 'id' | 'mapping'>,
  from: DeliveryStatus,
  to: DeliveryStatus,
): void {
  if (from === to) return;
  countStatus(blocks, id, mapping, from, -1);
  countStatus(blocks, id, mapping, to, 1);
}

/** Marks where a delivery goes to. */
export function markAddress(
  blocks: Blocks,
  { id, destination, endpoint }: Pick<CountedDelivery, 'id' | 'destination' | 'endpoint'>,
): void {
  blocks.mark('delivery', 'destination', destination, id);
  blocks.mark('delivery', 'endpoint', endpoint, id);
}

function countStatus(blocks: Blocks, id: number, mapping: number, status: DeliveryStatus, by: 1 | -1): void {
  blocks.count('delivery', 'status', statusNumber(status), id, by);
  blocks.count('delivery', 'mapping status', mappingStatus(mapping, status), id, by);
}
