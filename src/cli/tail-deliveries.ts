import type { Config } from '../config/config.ts';
import { type DeliveryView, deliveryViews } from '../http/log-view.ts';
import type { DeliveryFilter, DeliveryRow, Log } from '../ports/log.ts';
import { systemClock } from '../runtime/system.ts';
import { surroundings } from './log-option.ts';
import type { OutputFormat } from './output.ts';
import { statusStyle } from './output.ts';
import { stopSignal } from './serve.ts';
import { harmless, print, styled } from './terminal.ts';

const POLL_MS = 500;
const PAGE = 200;

/** What is followed and how it is printed. */
interface TailOptions {
  readonly filter: DeliveryFilter;
  readonly output: OutputFormat;
  readonly config: Config;
}

/** Prints each delivery when it appears and whenever its status or number of tries changes, until a signal. */
export async function tailDeliveries(log: Log, { filter, output, config }: TailOptions): Promise<void> {
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  let seen = stateOf((await log.deliveries(filter, { before: null, limit: PAGE })).items);
  while (!stop.signal.aborted) {
    const { items } = await log.deliveries(filter, { before: null, limit: PAGE });
    const changed = items.filter((row) => seen.get(row.id) !== markOf(row)).reverse();
    if (changed.length > 0) {
      const { deliveryView } = deliveryViews(await surroundings(log, config));
      for (const row of changed) printView(deliveryView(row), output);
    }
    seen = stateOf(items);
    await systemClock.sleep(POLL_MS, stop.signal).catch(() => undefined);
  }
}

function stateOf(rows: readonly DeliveryRow[]): ReadonlyMap<number, string> {
  return new Map(rows.map((row) => [row.id, markOf(row)]));
}

function markOf({ status, attempts }: DeliveryRow): string {
  return `${status} ${attempts}`;
}

function printView(view: DeliveryView, output: OutputFormat): void {
  if (output !== 'table') {
    print(JSON.stringify(view));
    return;
  }
  const { id, event, mapping, member, status, attempts, code } = view;
  const words = `${id}  ${statusStyle(status.padEnd(9), status)} ${harmless(`${event} → ${mapping}  ${member ?? '-'}`)}`;
  print(`${words}  ${styled('dim', `${attempts} ${attempts === 1 ? 'try' : 'tries'}`)}${code ? `  ${code}` : ''}`);
}
