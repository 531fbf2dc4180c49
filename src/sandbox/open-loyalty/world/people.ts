import type { Chance } from '../random.ts';
import type { Address, Profile } from './member.ts';
import { nextSerial, type Tenant } from './programme.ts';

const FIRST_NAMES = [
  'Ann',
  'Bob',
  'Carla',
  'Dan',
  'Emma',
  'Filip',
  'Greta',
  'Hugo',
  'Ida',
  'Jan',
  'Klara',
  'Lech',
  'Mia',
  'Noah',
];
const LAST_NAMES = [
  'Kay',
  'Lind',
  'Meyer',
  'Nowak',
  'Ostrowski',
  'Pohl',
  'Quandt',
  'Richter',
  'Sikora',
  'Thiel',
  'Urban',
  'Wolf',
];
const CITIES: Readonly<Record<string, readonly string[]>> = {
  DE: ['Berlin', 'Hamburg', 'Leipzig'],
  PL: ['Gdansk', 'Poznan', 'Warszawa'],
};
const OLDEST_MS = Date.UTC(1950, 0, 1);
const DAY_MS = 86_400_000;
const BIRTH_DAYS = 20_000;

/** How often an identifier is missing: at most one of them, so that each member keeps two. */
const MISSING_SHARE = 0.12;

/** Makes somebody up. Addresses end in `.example`, phone numbers in a range that is nobody's. */
export function inventProfile(chance: Chance, tenant: Tenant): Profile {
  const serial = nextSerial(tenant);
  const firstName = chance.pick(FIRST_NAMES) ?? 'Ann';
  const lastName = chance.pick(LAST_NAMES) ?? 'Kay';
  const missing = chance.hits(MISSING_SHARE * 3) ? chance.int(0, 2) : null;
  return {
    firstName,
    lastName,
    email: missing === 0 ? null : `${firstName}.${lastName}.${serial}@${tenant.storeCode}.example`.toLowerCase(),
    phone: missing === 1 ? null : `${tenant.country === 'PL' ? '+48' : '+49'}555${String(serial).padStart(6, '0')}`,
    loyaltyCardNumber: missing === 2 ? null : `LC-${serial}`,
    gender: chance.pick(['male', 'female', 'not_disclosed'] as const) ?? null,
    birthDateMs: chance.hits(0.8)
      ? tenant.zone.startOfDay(Math.floor(OLDEST_MS / DAY_MS) + chance.int(0, BIRTH_DAYS))
      : null,
    address: chance.hits(0.7) ? inventAddress(chance, tenant) : null,
    labels: chance.hits(0.3) ? [{ key: 'source', value: chance.pick(['web', 'app', 'store']) ?? 'web' }] : [],
    agreement1: true,
    agreement2: chance.hits(0.6),
    agreement3: chance.hits(0.3),
  };
}

function inventAddress(chance: Chance, { country }: Tenant): Address {
  const city = chance.pick(CITIES[country] ?? ['Springfield']) ?? 'Springfield';
  const postal = `${chance.int(10_000, 99_999)}`;
  return { street: 'Long Street', address1: `${chance.int(1, 200)}`, postal, city, province: city, country };
}
