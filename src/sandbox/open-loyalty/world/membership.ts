import type { JsonObject } from '../../../core/json.ts';
import { applyCampaigns } from './campaigns.ts';
import { type EventName, memberEvent, type WorldEvent } from './event.ts';
import type { Member, Profile, Standing } from './member.ts';
import { addressPayload, identifiers, timeOf } from './payloads.ts';
import { type Tenant, tierFor } from './programme.ts';
import type { WorldState } from './state.ts';
import { Wallet } from './wallet.ts';
import { WorldError } from './world-error.ts';

/** A member to be. */
export interface Enrolment {
  readonly profile: Profile;
  readonly registeredAtMs: number;
  readonly silent?: boolean;
  /** Who brought her. */
  readonly referrerId?: string | null;
}

/** Enrols a member without a word: with her wallets, in the base tier. Throws a WorldError for an identifier in use. */
export function enrol(state: WorldState, tenant: Tenant, enrolment: Enrolment): Member {
  const { profile, registeredAtMs, silent = false, referrerId = null } = enrolment;
  refuseTaken(state, tenant, profile, null);
  const member: Member = {
    customerId: state.chance.uuid(),
    tenant,
    registeredAtMs,
    referralToken: state.chance.hex(10),
    referrerId,
    silent,
    wallets: tenant.walletTypes.map((type) => new Wallet(state.chance.uuid(), type, registeredAtMs)),
    achievements: new Map(),
    redemptions: [],
    profile,
    active: true,
    standing: baseStanding(tenant, registeredAtMs),
    shopping: { count: 0, amount: 0, returnCount: 0, returnAmount: 0, firstAtMs: null, lastAtMs: null },
    updatedAtMs: registeredAtMs,
  };
  state.enrol(member);
  return member;
}

/** How a member joins: `activation: false` is the way of `POST /member/register`. */
export interface Joining {
  readonly profile: Profile;
  readonly referrerToken?: string | null;
  readonly activation?: boolean;
}

/** A member joins and is welcomed. Throws a WorldError for an identifier in use. */
export function register(state: WorldState, tenant: Tenant, joining: Joining, nowMs: number): readonly WorldEvent[] {
  const { profile, referrerToken = null, activation = true } = joining;
  const referrerId = state.referrer(referrerToken ?? '')?.customerId ?? null;
  const member = enrol(state, tenant, { profile, registeredAtMs: nowMs, referrerId });
  const told = activation
    ? registered(member, nowMs)
    : withCode(state, 'CustomerWasRegisteredWithoutActivation', member, nowMs);
  const trigger = { triggerId: member.customerId, payload: { internalEventName: 'customer_registered' } };
  const cause = { internalEventName: 'customer_registered', performedAtMs: nowMs };
  const occasion = { triggerType: 'internal_event', trigger, cause, comment: 'Welcome' } as const;
  return [told, ...applyCampaigns(state, member, occasion, nowMs)];
}

/** Basic data change; a new e-mail or phone is told on top. Throws a WorldError for an identifier in use. */
export function updateProfile(
  state: WorldState,
  member: Member,
  changes: Partial<Profile>,
  nowMs: number,
): readonly WorldEvent[] {
  const { email, phone } = member.profile;
  const profile = { ...member.profile, ...changes };
  refuseTaken(state, member.tenant, profile, member);
  state.rewrite(member, profile, nowMs);
  const events = [memberEvent('CustomerUpdated', member, nowMs, { customer: identifiers(member) })];
  if (profile.email !== email) events.push(withCode(state, 'CustomerEmailWasChanged', member, nowMs));
  if (profile.phone !== phone) events.push(withCode(state, 'CustomerPhoneNumberWasChanged', member, nowMs));
  return events;
}

/** The member leaves; her units stay as they are, without reminders. */
export function deactivate(member: Member, nowMs: number): readonly WorldEvent[] {
  member.active = false;
  member.updatedAtMs = nowMs;
  return [memberEvent('CustomerDeactivated', member, nowMs, { customer: identifiers(member) })];
}

/** An event that carries one-time codes: real secrets of the member. */
export function withCode(state: WorldState, name: EventName, member: Member, nowMs: number): WorldEvent {
  const secrets = { code: state.chance.hex(6), codeNumber: state.chance.int(100_000, 999_999) };
  return memberEvent(name, member, nowMs, { customer: identifiers(member), ...secrets });
}

function refuseTaken(state: WorldState, tenant: Tenant, profile: Profile, self: Member | null): void {
  const { email, phone, loyaltyCardNumber } = profile;
  for (const [field, value] of Object.entries({ email, phone, loyaltyCardNumber })) {
    const holder = value === null ? null : state.find(tenant.storeCode, `${field}=${value}`);
    if (holder !== null && holder !== self) throw new WorldError(field, 'This value is already used.');
  }
}

function baseStanding({ tierSet }: Tenant, sinceMs: number): Standing {
  return {
    tier: tierFor(tierSet, 0),
    sinceMs,
    manually: false,
    units: 0,
    nextRecalculationAtMs: null,
    lastRecalculationAtMs: null,
    lastPromotionAtMs: null,
    lastDowngradeAtMs: null,
  };
}

function registered(member: Member, nowMs: number): WorldEvent {
  const { profile, tenant, customerId, referralToken } = member;
  const { birthDateMs, labels, address: _, ...plain } = profile;
  const customerData: JsonObject = {
    referralToken,
    ...plain,
    birthDate: timeOf(tenant.zone, birthDateMs),
    registeredAt: tenant.zone.text(member.registeredAtMs),
    address: addressPayload(member),
    company: { name: null, nip: null },
    customAttributes: labels.map(({ key, value }) => ({ key, value })),
  };
  return memberEvent('CustomerRegistered', member, nowMs, { customerId, customerData });
}
