import { publicId } from '../../src/core/id.ts';
import type { DeliveryFilter, EventFilter } from '../../src/ports/log.ts';
import { emailOf, memberKey, SOURCE } from '../drafts.ts';
import { BUSY_MEMBER, rowMessageId, rowMs, rowOf } from './world.ts';

/** One way to use one filter. */
export interface FilterUse<Filter> {
  /** The filter it uses: two uses of the same one are never combined. */
  readonly key: string;
  readonly title: string;
  /** Another value every time, where a real one would be: `row` is a row of the log, `rows` how many there are. */
  readonly of: (row: number, rows: number) => Filter;
  /** Whether it is combined by threes too. */
  readonly isTripled?: boolean;
}

const HOUR_MS = 3_600_000;
const SAMPLE_CHARACTERS = 8;

/** Ways to filter deliveries: what nearly all match, what few match, and what none does. */
export const DELIVERY_USES: readonly FilterUse<DeliveryFilter>[] = [
  fixed('status', 'delivered'),
  { ...fixed<DeliveryFilter>('status', 'dead'), isTripled: true },
  fixed('status', 'pending'),
  fixed('status', 'waiting'),
  fixed('status', 'skipped'),
  fixed('status', 'shadowed'),
  { ...fixed<DeliveryFilter>('mapping', 'tier-change'), isTripled: true },
  fixed('mapping', 'campaign'),
  fixed('mapping', 'farewell'),
  fixed('mapping', 'no-such'),
  fixed('event', 'CustomerLevelChanged'),
  { ...fixed<DeliveryFilter>('event', 'RewardWasRedeemed'), isTripled: true },
  fixed('event', 'CustomerDeactivated'),
  { ...fixed<DeliveryFilter>('destination', 'bloomreach'), isTripled: true },
  fixed('destination', 'warehouse'),
  fixed('destination', 'archive'),
  { ...fixed<DeliveryFilter>('endpoint', 'event'), isTripled: true },
  fixed('endpoint', 'post'),
  fixed('endpoint', 'put'),
  { ...fixed<DeliveryFilter>('code', 'DELIVERY_REJECTED'), isTripled: true },
  fixed('code', 'DELIVERY_HELD'),
  fixed('code', 'DELIVERY_TIMEOUT'),
  ...memberUses(),
  ...timeUses(),
  varied('q', 'q: an id', (row) => ({ q: publicId('dlv', row + 1) })),
  varied('q', "q: an event's id, half of it", (row) => ({ q: publicId('evt', row + 1).slice(0, -2) })),
  ...searchUses(),
];

/** Ways to filter events. */
export const EVENT_USES: readonly FilterUse<EventFilter>[] = [
  fixed('status', 'routed'),
  { ...fixed<EventFilter>('status', 'unmatched'), isTripled: true },
  fixed('status', 'accepted'),
  fixed('status', 'failed'),
  { ...fixed<EventFilter>('event', 'CustomerLevelChanged'), isTripled: true },
  fixed('event', 'CustomerDeactivated'),
  { ...fixed<EventFilter>('source', SOURCE), isTripled: true },
  fixed('source', 'no-such'),
  ...memberUses(),
  ...timeUses(),
  varied('q', "q: an event's id, half of it", (row) => ({ q: publicId('evt', row + 1).slice(0, -2) })),
  ...searchUses(),
];

/** The filters that both lists have. */
type CommonFilter = Pick<DeliveryFilter, 'member' | 'sinceMs' | 'untilMs' | 'q'>;

function memberUses(): readonly FilterUse<CommonFilter>[] {
  return [
    varied('member', 'member', (row) => ({ member: memberKey(rowOf(row).member) })),
    varied('member', 'member: an email', (row) => ({ member: emailOf(rowOf(row).member) })),
    { ...varied('member', 'member: the busiest', () => ({ member: memberKey(BUSY_MEMBER) })), isTripled: true },
    varied('member', 'member: nobody', () => ({ member: 'nobody@example.com' })),
  ];
}

function timeUses(): readonly FilterUse<CommonFilter>[] {
  const hourOf = (rows: number) => ({ sinceMs: rowMs(rows / 2), untilMs: rowMs(rows / 2) + HOUR_MS });
  return [
    varied('time', 'since: the last hour', (_, rows) => ({ sinceMs: rowMs(rows) - HOUR_MS })),
    { ...varied('time', 'since, until: an hour long ago', (_, rows) => hourOf(rows)), isTripled: true },
    varied('time', 'until: the oldest hundredth', (_, rows) => ({ untilMs: rowMs(rows / 100) })),
  ];
}

function searchUses(): readonly FilterUse<CommonFilter>[] {
  return [
    varied('q', 'q: a message id', (row) => ({ q: rowMessageId(row) })),
    varied('q', 'q: two characters of a message id', (row) => ({ q: rowMessageId(row).slice(0, 2) })),
    { ...varied('q', 'q: an email', (row) => ({ q: emailOf(rowOf(row).member) })), isTripled: true },
    varied('q', 'q: the start of every email', () => ({ q: emailOf(0).slice(0, SAMPLE_CHARACTERS) })),
    varied('q', 'q: nothing', () => ({ q: 'zzz-nothing' })),
  ];
}

function fixed<Filter>(key: string & keyof Filter, value: string): FilterUse<Filter> {
  const filter = { [key]: value } as Filter;
  return { key, title: `${key}=${value}`, of: () => filter };
}

function varied(key: string, title: string, of: FilterUse<CommonFilter>['of']): FilterUse<CommonFilter> {
  return { key, title, of };
}
