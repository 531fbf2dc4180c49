import type { DeliveryStatus, SkipReason } from '../../src/core/delivery.ts';
import type { ErrorCode } from '../../src/core/errors.ts';

/** A loyalty moment: what is sent where when it happens. */
interface Moment {
  readonly event: string;
  readonly mapping: string;
  readonly destination: string;
  readonly endpoint: string;
  /** Of 10,000 rows. */
  readonly share: number;
}

/** What becomes of a delivery. */
export interface Outcome {
  readonly status: Extract<DeliveryStatus, 'delivered' | 'dead' | 'skipped' | 'waiting' | 'pending'>;
  readonly code: ErrorCode | null;
  readonly reason: SkipReason | null;
  /** Tries that are logged; the last of several is the one that decides. */
  readonly attempts: number;
  /** Of 10,000 rows. */
  readonly share: number;
}

/** One row of the log that is grown: the same number is always the same row. */
export interface Row {
  readonly moment: Moment;
  readonly outcome: Outcome;
  readonly member: number;
}

/** Members with one row in 150,000 each, and the one whom one row in 500 is about. */
export const MEMBERS = 150_000;
export const BUSY_MEMBER = 0;

/** What shares are parts of. */
const TICKETS = 10_000;
const BUSY_EVERY = 500;
/** Shares no factor with the number of other members, so that neighbouring rows are about different ones. */
const MEMBER_STRIDE = 48_271;

const FIRST_ROW_MS = Date.parse('2026-01-01T00:00:00Z');
const ROW_EVERY_MS = 1_000;

const MOMENTS: readonly Moment[] = [
  moment('CustomerLevelChanged', 'tier-change', ['bloomreach', 'event'], 3_996),
  moment('TransactionWasRegistered', 'purchase', ['bloomreach', 'event'], 2_500),
  moment('CustomerUpdated', 'profile', ['bloomreach', 'customer'], 2_000),
  moment('RewardWasRedeemed', 'reward', ['warehouse', 'post'], 1_000),
  moment('CampaignWasBought', 'campaign', ['warehouse', 'post'], 500),
  moment('CustomerDeactivated', 'farewell', ['bloomreach', 'customer'], 3),
  moment('PointsWillExpire', 'expiring', ['archive', 'put'], 1),
];

const OUTCOMES: readonly Outcome[] = [
  outcome('delivered', null, 8_839, { attempts: 1 }),
  outcome('delivered', null, 200, { attempts: 2 }),
  outcome('dead', 'DELIVERY_REJECTED', 300, { attempts: 1 }),
  outcome('dead', 'DELIVERY_GIVEN_UP', 50, { attempts: 3 }),
  outcome('dead', 'DELIVERY_HELD', 2, { attempts: 1 }),
  outcome('dead', 'TRANSFORM_ERROR', 104, {}),
  outcome('dead', 'TRANSFORM_TIMEOUT', 5, {}),
  outcome('skipped', null, 350, { reason: 'condition' }),
  outcome('skipped', null, 50, { reason: 'empty' }),
  outcome('waiting', null, 50, {}),
  outcome('pending', 'DELIVERY_UNAVAILABLE', 50, { attempts: 1 }),
];

/** The row of a number. Pure. */
export function rowOf(sequence: number): Row {
  const others = MEMBERS - 1;
  return {
    moment: pick(MOMENTS, mixed(sequence, 5) % TICKETS),
    outcome: pick(OUTCOMES, mixed(sequence, 6) % TICKETS),
    member: sequence % BUSY_EVERY === 0 ? BUSY_MEMBER : 1 + ((sequence * MEMBER_STRIDE) % others),
  };
}

/** When a row is received, in ms: one a second. */
export function rowMs(sequence: number): number {
  return FIRST_ROW_MS + sequence * ROW_EVERY_MS;
}

/** The message id of a row: like a real one, next to that of no neighbour. */
export function rowMessageId(sequence: number): string {
  const hex = [1, 2, 3, 4].map((part) => mixed(sequence, part).toString(16).padStart(8, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The destinations, each once. */
export function destinations(): readonly string[] {
  return [...new Set(MOMENTS.map(({ destination }) => destination))];
}

/** 32 bits that look like chance, others for each salt. Source: the finaliser of MurmurHash3. */
function mixed(sequence: number, salt: number): number {
  let hash = (sequence + Math.imul(salt, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function pick<Choice extends { readonly share: number }>(choices: readonly Choice[], ticket: number): Choice {
  let sum = 0;
  for (const choice of choices) {
    sum += choice.share;
    if (ticket < sum) return choice;
  }
  throw new Error(`The shares add up to ${sum}, not to 10,000`);
}

function moment(event: string, mapping: string, to: readonly [string, string], share: number): Moment {
  const [destination, endpoint] = to;
  return { event, mapping, destination, endpoint, share };
}

function outcome(
  status: Outcome['status'],
  code: ErrorCode | null,
  share: number,
  { attempts = 0, reason = null }: Partial<Pick<Outcome, 'attempts' | 'reason'>>,
): Outcome {
  return { status, code, reason, attempts, share };
}
