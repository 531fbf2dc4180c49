import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { Address, Label, Profile } from '../world/member.ts';
import { WorldError } from '../world/world-error.ts';
import { textIn } from './desk.ts';

/** Somebody of whom nothing is known. */
export const NO_PROFILE: Profile = {
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  loyaltyCardNumber: null,
  gender: null,
  birthDateMs: null,
  address: null,
  labels: [],
  agreement1: false,
  agreement2: false,
  agreement3: false,
};

const TEXTS = ['firstName', 'lastName', 'email', 'phone', 'loyaltyCardNumber', 'gender'] as const;
const FLAGS = ['agreement1', 'agreement2', 'agreement3'] as const;

/** The parts of a profile that a body names; null takes a text away. Throws a WorldError for an e-mail that is none. */
export function profileIn(customer: JsonObject): Partial<Profile> {
  const named = (name: string) => Object.hasOwn(customer, name);
  const email = textIn(customer, 'email');
  if (email !== null && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw new WorldError('email', 'This value is not a valid email address.');
  }
  const texts = TEXTS.filter(named).map((name) => [name, textIn(customer, name)]);
  const flags = FLAGS.filter(named).map((name) => [name, customer[name] === true]);
  const birth = Date.parse(textIn(customer, 'birthDate') ?? '');
  return {
    ...(Object.fromEntries([...texts, ...flags]) as Partial<Profile>),
    ...(Number.isNaN(birth) ? {} : { birthDateMs: birth }),
    ...(named('labels') ? { labels: labelsIn(customer['labels'] ?? null) } : {}),
    ...(named('address') ? { address: addressIn(customer['address'] ?? null) } : {}),
  };
}

function labelsIn(value: Json): readonly Label[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  return list.flatMap((each) => {
    const fields = isJsonObject(each) ? each : {};
    const [key, text] = [textIn(fields, 'key'), textIn(fields, 'value')];
    return key === null || text === null ? [] : [{ key, value: text }];
  });
}

function addressIn(value: Json): Address | null {
  if (!isJsonObject(value)) return null;
  const text = (name: string) => textIn(value, name) ?? '';
  const [street, address1, postal] = [text('street'), text('address1'), text('postal')];
  return { street, address1, postal, city: text('city'), province: text('province'), country: text('country') };
}
