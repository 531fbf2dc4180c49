import { createHash } from 'node:crypto';

/** A member of the demo's loyalty programme, with every identifier that Open Loyalty gives. */
export interface DemoMember {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly loyaltyCardNumber: string;
  readonly customerId: string;
  readonly walletId: string;
}

/** Everyone in the demo, by first name. */
export const MEMBERS = {
  ann: member('Ann', 'Kay', 1),
  bob: member('Bob', 'Stone', 2),
  carla: member('Carla', 'Rossi', 3),
  dan: member('Dan', 'Novak', 4),
  emma: member('Emma', 'Lind', 5),
  finn: member('Finn', 'Moore', 6),
  grace: member('Grace', 'Osei', 7),
  hugo: member('Hugo', 'Weber', 8),
} as const satisfies Record<string, DemoMember>;

/** The first name behind a member's key (`storeCode/customerId`); else the identifier itself, and `-` for nobody. */
export function firstNameOf(key: string | null): string {
  if (key === null) return '-';
  const identifier = key.slice(key.lastIndexOf('/') + 1);
  return (
    Object.values<DemoMember>(MEMBERS).find(({ customerId }) => customerId === identifier)?.firstName ?? identifier
  );
}

/** An id in the shape of a UUID, always the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function member(firstName: string, lastName: string, number: number): DemoMember {
  const email = `${firstName.toLowerCase()}@example.com`;
  return {
    firstName,
    lastName,
    email,
    phone: `+4850010020${number}`,
    loyaltyCardNumber: `LC-100${number}`,
    customerId: uuidOf(`customer ${email}`),
    walletId: uuidOf(`wallet ${email}`),
  };
}
