import type { JsonObject } from '../../../core/json.ts';
import type { Label, Profile } from '../world/member.ts';
import { inventProfile } from '../world/people.ts';
import { invalid, jsonAnswer, NO_CONTENT, NOT_FOUND } from './answer.ts';
import { type Desk, type Handler, memberAt, part, textIn } from './desk.ts';
import { listAnswer } from './list.ts';
import { memberDetail, memberView } from './member-view.ts';
import { statusView } from './status-view.ts';

/** `GET /member`. */
export const listMembers: Handler = ({ world, tenant, query }) => {
  return listAnswer(query, { items: world.state.membersOf(tenant.storeCode), view: memberView });
};

/** `GET /member/{member}`. */
export const getMember: Handler = (desk) => {
  const member = memberAt(desk);
  return member === null ? NOT_FOUND : jsonAnswer(200, memberDetail(member));
};

/** `GET /member/{member}/status`. */
export const getStatus: Handler = (desk) => {
  const member = memberAt(desk);
  return member === null ? NOT_FOUND : jsonAnswer(200, statusView(member, desk.nowMs));
};

/** `POST /member`: with activation. */
export const createMember: Handler = (desk) => join(desk, true);

/** `POST /member/register`: without activation. */
export const registerMember: Handler = (desk) => join(desk, false);

/** `PUT /member/{member}`: fields that are left out stay. */
export const updateMember: Handler = (desk) => {
  const member = memberAt(desk);
  if (member === null) return NOT_FOUND;
  const customer = part(desk, 'customer');
  const levelId = textIn(customer, 'levelId');
  desk.emit(desk.world.updateProfile(member, profileIn(customer), desk.nowMs));
  if (levelId !== null) desk.emit(desk.world.assignTier(member, levelId, desk.nowMs));
  return jsonAnswer(200, { customerId: member.customerId });
};

/** `POST /member/{member}/tier`. */
export const setTier: Handler = (desk) => {
  const member = memberAt(desk);
  if (member === null) return NOT_FOUND;
  const { body } = desk;
  const levelId = textIn((body ?? {}) as JsonObject, 'levelId') ?? '';
  desk.emit(desk.world.assignTier(member, levelId, desk.nowMs));
  return NO_CONTENT;
};

/** `POST /member/{member}/deactivate`. */
export const deactivateMember: Handler = (desk) => {
  const member = memberAt(desk);
  if (member === null) return NOT_FOUND;
  desk.emit(desk.world.deactivate(member, desk.nowMs));
  return NO_CONTENT;
};

function join(desk: Desk, activation: boolean) {
  const customer = part(desk, 'customer');
  const identifiers = ['email', 'phone', 'loyaltyCardNumber'].filter((name) => textIn(customer, name) !== null);
  if (identifiers.length === 0) return invalid('email', 'This value should not be blank.');
  const { world, tenant, nowMs } = desk;
  const blank = { ...inventProfile(world.state.chance, tenant), ...NOTHING };
  const joining = { profile: { ...blank, ...profileIn(customer) }, referrerToken: textIn(customer, 'referrerToken') };
  desk.emit(world.register(tenant, { ...joining, activation }, nowMs));
  const member = world.state.membersOf(tenant.storeCode).at(-1);
  return jsonAnswer(200, { customerId: member?.customerId, email: member?.profile.email });
}

const NOTHING: Profile = {
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

/** Only what the body names; null takes a text away. */
function profileIn(customer: JsonObject): Partial<Profile> {
  const texts = TEXTS.filter((name) => Object.hasOwn(customer, name)).map((name) => [name, textIn(customer, name)]);
  const flags = FLAGS.filter((name) => Object.hasOwn(customer, name)).map((name) => [name, customer[name] === true]);
  const labels = Array.isArray(customer['labels']) ? [['labels', customer['labels'] as readonly Label[]]] : [];
  const birth = Date.parse(textIn(customer, 'birthDate') ?? '');
  const birthDate = Number.isNaN(birth) ? [] : [['birthDateMs', birth]];
  return Object.fromEntries([...texts, ...flags, ...labels, ...birthDate]) as Partial<Profile>;
}
