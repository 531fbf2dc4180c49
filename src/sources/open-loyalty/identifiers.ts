import type { Json } from '../../core/json.ts';
import { identifierAt, type KeyPath, keyPath } from './json-path.ts';

/** What names a person in Open Loyalty: as sent, trimmed; null where it is not. */
export interface Identifiers {
  readonly customerId: string | null;
  readonly loyaltyCardNumber: string | null;
  readonly email: string | null;
  readonly phone: string | null;
}

/** Where the identifiers of one person stand: paths below `data`, or below one element of it; the first that is there counts. */
type Shape = Readonly<Record<keyof Identifiers, readonly KeyPath[]>>;

/**
 * The shapes of Open Loyalty's payloads, nearest first: told by their fields and not by the event's name, so that an
 * event we do not know yet still finds its member. Fields: https://github.com/OpenLoyalty/api-docs, webhooks.yaml.
 */
const SHAPES: readonly Shape[] = [
  // Most events.
  personAt('customer'),
  // UnitsTransferWasAdded, CampaignEffectWasApplied, MemberAchievementProgressWasChanged, AchievementsWereProcessed.
  personAt('member'),
  // RewardRedemptionStatusChanged.
  { ...personAt('issuedReward.customerData'), customerId: paths('issuedReward.customerId') },
  // CustomerRegistered, TransactionRegistered (without an id), the flat fields of LevelWillExpire and of legacy bodies,
  // and the legacy customer.registered, which nests another `data`.
  {
    customerId: paths('customerId'),
    loyaltyCardNumber: paths('customerData.loyaltyCardNumber', 'customerLoyaltyCardNumber', 'data.loyaltyCardNumber'),
    email: paths('customerData.email', 'customerEmail', 'data.email'),
    phone: paths('customerData.phone', 'customerPhone', 'data.phone'),
  },
];

/** The person that `data`, or one element of it, is about; null when it names nobody. */
export function identifiersIn(data: Json): Identifiers | null {
  for (const shape of SHAPES) {
    const found = {
      customerId: identifierAt(data, shape.customerId),
      loyaltyCardNumber: identifierAt(data, shape.loyaltyCardNumber),
      email: identifierAt(data, shape.email),
      phone: identifierAt(data, shape.phone),
    };
    if ((found.customerId ?? found.loyaltyCardNumber ?? found.email ?? found.phone) !== null) return found;
  }
  return null;
}

/** Everything a person is known by within a tenant: the first is the member, the others are aliases. */
export function memberKeys(storeCode: string, person: Identifiers): readonly string[] {
  const { customerId, loyaltyCardNumber, email, phone } = person;
  const keys: string[] = [];
  if (customerId !== null) keys.push(`${storeCode}/${customerId}`);
  if (loyaltyCardNumber !== null) keys.push(`${storeCode}/card:${loyaltyCardNumber}`);
  if (email !== null) keys.push(`${storeCode}/email:${email.toLowerCase()}`);
  if (phone !== null) keys.push(`${storeCode}/phone:${phone}`);
  return keys;
}

function personAt(path: string): Shape {
  return {
    customerId: paths(`${path}.customerId`),
    loyaltyCardNumber: paths(`${path}.loyaltyCardNumber`),
    email: paths(`${path}.email`),
    phone: paths(`${path}.phone`),
  };
}

function paths(...dotted: readonly string[]): readonly KeyPath[] {
  return dotted.map(keyPath);
}
