import type { JsonObject } from '../../../core/json.ts';
import { invalid, jsonAnswer, NO_CONTENT, NOT_FOUND } from './answer.ts';
import { type Desk, type Handler, memberAt, part, textIn } from './desk.ts';
import { listAnswer } from './list.ts';
import { memberDetail, memberView } from './member-view.ts';
import { NO_PROFILE, profileIn } from './profile-input.ts';
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
  const { tiers } = desk.tenant.tierSet;
  if (levelId !== null && !tiers.some((tier) => tier.levelId === levelId)) return invalid('levelId', 'No such tier.');
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
  const profile = { ...NO_PROFILE, ...profileIn(customer) };
  const joining = { profile, referrerToken: textIn(customer, 'referrerToken') };
  desk.emit(world.register(tenant, { ...joining, activation }, nowMs));
  const member = world.state.membersOf(tenant.storeCode).at(-1);
  return jsonAnswer(200, { customerId: member?.customerId, email: member?.profile.email });
}
