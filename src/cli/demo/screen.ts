import { publicId } from '../../core/id.ts';
import { type Column, fitted, statusStyle, tableLines } from '../output.ts';
import { styled } from '../terminal.ts';
import { type DemoState, progressOf, whyOf } from './state.ts';
import type { WatchedDelivery } from './watch.ts';

/** A part of the terminal, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Deliveries shown at most, so that the eye finds what changed. */
const MOST_DELIVERIES = 12;
/** Lines that are not deliveries. */
const FRAME_LINES = 7;
/** Below this width an event's long name costs more than it tells: its mapping says the same. */
const WIDE = 110;
const BAR_WIDTH = 24;

/** Room for a name; a stranger is known by a long id. */
const NAME_WIDTH = 12;

/** The screen as lines, none wider or more than the size allows. Pure. */
export function screenLines(state: DemoState, { columns, rows }: ScreenSize): string[] {
  const count = Math.max(1, Math.min(MOST_DELIVERIES, rows - FRAME_LINES));
  const table = tableLines(lastChanged(state.deliveries, count), columnsFor(state.nowMs, columns));
  const lines = [
    styled('bold', state.caption),
    webhookLine(state),
    '',
    ...table,
    '',
    progressLine(state),
    countsLine(state),
  ];
  return lines.map((line) => fitted(line, columns));
}

/** One line of how many deliveries stand where; zeros are left out. */
export function countsLine(state: DemoState): string {
  const { deliveries, unmatched, duplicates } = state.stats;
  const { retrying, queued } = progressOf(state);
  const counts: readonly (readonly [string, number, string])[] = [
    ['delivered', deliveries.delivered, 'delivered'],
    ['retrying', retrying, 'pending'],
    ['queued', queued, 'pending'],
    ['waiting', deliveries.waiting, 'waiting'],
    ['dead', deliveries.dead, 'dead'],
    ['skipped', deliveries.skipped, 'skipped'],
    ['unmatched', unmatched, 'unmatched'],
    ['duplicate', duplicates, 'duplicate'],
  ];
  const shown = counts.filter(([, count]) => count > 0);
  return shown.map(([name, count, status]) => `${name} ${statusStyle(String(count), status)}`).join('  ');
}

/** A webhook in a few words: what it says, about whom, and what the door answered. */
export function webhookText({ eventName, about, status, again }: DemoState['posted'][number]): string {
  return `${eventName}, about ${about}${again ? ', once more' : ''}: ${status ?? 'no answer'}`;
}

/** The deliveries that changed last, newest first: a retried one comes back into sight. */
function lastChanged(deliveries: readonly WatchedDelivery[], count: number): readonly WatchedDelivery[] {
  const byChange = deliveries.toSorted((one, other) => other.changed - one.changed || other.id - one.id);
  return byChange.slice(0, count).sort((one, other) => other.id - one.id);
}

function columnsFor(nowMs: number, width: number): readonly Column<WatchedDelivery>[] {
  const event: Column<WatchedDelivery> = { title: 'EVENT', value: ({ event: name }) => oneLine(name) };
  return [
    { title: 'ID', value: ({ id }) => shortId(id) },
    ...(width >= WIDE ? [event] : []),
    { title: 'MEMBER', value: ({ who }) => fitted(oneLine(who), NAME_WIDTH) },
    { title: 'MAPPING', value: ({ mapping }) => mapping },
    { title: 'STATUS', value: ({ status }) => status, style: (text, { status }) => statusStyle(text, status) },
    { title: 'TRIES', value: ({ attempts }) => attempts },
    { title: 'WHY', value: (delivery) => oneLine(whyOf(delivery, nowMs)) },
  ];
}

/** A delivery's id without its padding: every command takes it. */
export function shortId(id: number): string {
  return publicId('dlv', id).replace(/_0+/, '_');
}

/** A line break that came from outside must not break the frame. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function webhookLine({ posted }: DemoState): string {
  const last = posted.at(-1);
  if (last === undefined) return '';
  return styled('dim', `POST ${webhookText(last)}`);
}

function progressLine(state: DemoState): string {
  const { settled, total } = progressOf(state);
  const full = total === 0 ? 0 : Math.floor((BAR_WIDTH * settled) / total);
  const bar = styled('green', '█'.repeat(full)) + styled('dim', '░'.repeat(BAR_WIDTH - full));
  return `${bar}  ${settled} of ${total} settled${outageText(state)}`;
}

function outageText({ outageEndsAtMs, nowMs }: DemoState): string {
  if (outageEndsAtMs === null) return '';
  const seconds = Math.max(0, Math.ceil((outageEndsAtMs - nowMs) / 1000));
  return `   ${styled('red', `Bloomreach is down, ${seconds} s to go`)}`;
}
