import { seededRandom } from '../../sandbox/open-loyalty/random.ts';
import type { Member, Profile } from '../../sandbox/open-loyalty/world/member.ts';
import type { Tenant } from '../../sandbox/open-loyalty/world/programme.ts';
import type { World, WorldOptions } from '../../sandbox/open-loyalty/world.ts';

/** Whom the demo is about, and the world they live in. */
export interface Cast {
  readonly world: World;
  readonly tenant: Tenant;
  readonly members: Readonly<Record<keyof typeof PEOPLE, Member>>;
  /** The day of the demo, Unix time in ms: what expires is counted from it. */
  readonly beganAtMs: number;
}

/** What happened to a member before the demo begins. */
type Before =
  /** Units that were earned; they expire after 180 days unless told. */
  | { readonly units: number; readonly daysAgo: number; readonly expiresInDays?: number }
  /** Her tier was recalculated: the count of units for it began anew. */
  | { readonly recalculated: true; readonly daysAgo: number };

/** A member's past. */
interface Past {
  readonly lastName: string;
  /** Oldest first. */
  readonly before: readonly [Before, ...Before[]];
  /** No event has ever mentioned her, and chance passes her over. */
  readonly silent?: boolean;
}

/** Reminders go out 14 days before units expire, after 180 days: for those of 166 days ago, today. */
const EXPIRES_SOON = 166;
/** Reminders go out 30 days before a tier is recalculated, after 365 days. */
const RECALCULATED_SOON = 335;

/** Everyone in the demo. A tier is reached with 500 (Silver) and 1,500 units (Gold). */
const PEOPLE = {
  ann: { lastName: 'Kay', before: [{ units: 900, daysAgo: 60 }] },
  bob: { lastName: 'Stone', before: [{ units: 125, daysAgo: EXPIRES_SOON }] },
  carla: { lastName: 'Rossi', before: [{ units: 80, daysAgo: EXPIRES_SOON }], silent: true },
  dan: {
    lastName: 'Novak',
    before: [
      { units: 1600, daysAgo: 600, expiresInDays: 1000 },
      { recalculated: true, daysAgo: RECALCULATED_SOON },
      { units: 600, daysAgo: 100 },
    ],
  },
  emma: { lastName: 'Lind', before: [{ units: 300, daysAgo: 20 }] },
  finn: { lastName: 'Moore', before: [{ units: 460, daysAgo: 90 }] },
  grace: { lastName: 'Osei', before: [{ units: 470, daysAgo: 45 }] },
  hugo: { lastName: 'Weber', before: [{ units: 1460, daysAgo: 40 }] },
} as const satisfies Record<string, Past>;

const STORE_CODE = 'DEFAULT';
const HALF_A_DAY_MS = 12 * 60 * 60 * 1000;
const SEED = 2026;

/** The world that the cast joins: one tenant, nobody else, the same in every demo. */
export function emptyWorld(): Omit<WorldOptions, 'nowMs'> {
  const place = { currency: 'EUR', country: 'DE', timeZone: 'Europe/Berlin' };
  const tenants = [{ storeCode: STORE_CODE, name: 'Demo', ...place }];
  return { random: seededRandom(SEED), tenants, members: 0 };
}

/** Brings the cast into an empty world, with what happened to them before anybody listened. */
export function castInto(world: World, nowMs: number): Cast {
  const tenant = world.tenant(STORE_CODE);
  countPointsOnly(world, tenant, nowMs);
  const entries = Object.entries<Past>(PEOPLE).map(([key, past], index) => {
    return [key, enrol(world, tenant, { profile: profileOf(key, past.lastName, index + 1), past, nowMs })] as const;
  });
  return { world, tenant, members: Object.fromEntries(entries) as Cast['members'], beganAtMs: nowMs };
}

/** The first name behind a member's key (`storeCode/customerId`); else the identifier itself, and `-` for nobody. */
export function firstNameIn(world: World, key: string | null): string {
  if (key === null) return '-';
  const identifier = key.slice(key.lastIndexOf('/') + 1);
  return world.members.get(identifier)?.profile.firstName ?? identifier;
}

/** One kind of units is enough for a story: purchases bring no stars. */
function countPointsOnly(world: World, tenant: Tenant, nowMs: number): void {
  for (const campaign of tenant.campaigns) {
    const gifts = campaign.gifts.filter((gift) => gift.kind === 'reward' || gift.walletCode === 'default');
    if (gifts.length < campaign.gifts.length) world.updateCampaign(tenant, { ...campaign, gifts }, nowMs);
  }
}

interface Joining {
  readonly profile: Profile;
  readonly past: Past;
  readonly nowMs: number;
}

/** What the world would tell of the past is not told: it was before anybody listened. */
function enrol(world: World, tenant: Tenant, { profile, past, nowMs }: Joining): Member {
  const { zone } = tenant;
  // Noon, so that a change of clocks on the way moves nothing into another day.
  const noon = (daysAgo: number) => zone.startOfDay(zone.day(nowMs) - daysAgo) + HALF_A_DAY_MS;
  const { before, silent = false } = past;
  const member = world.enrol(tenant, { profile, registeredAtMs: noon(before[0].daysAgo), silent });
  for (const { daysAgo, ...what } of before) {
    if ('recalculated' in what) world.tierRecalculation(member, noon(daysAgo));
    else world.earnPoints(member, { ...what, comment: 'Earned before' }, noon(daysAgo));
  }
  return member;
}

function profileOf(key: string, lastName: string, number: number): Profile {
  return {
    firstName: `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
    lastName,
    email: `${key}@example.com`,
    phone: `+4850010020${number}`,
    loyaltyCardNumber: `LC-100${number}`,
    gender: null,
    birthDateMs: null,
    address: null,
    labels: [],
    agreement1: true,
    agreement2: true,
    agreement3: false,
  };
}
