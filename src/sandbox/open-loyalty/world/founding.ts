import type { Member } from './member.ts';
import { enrol } from './membership.ts';
import { inventProfile } from './people.ts';
import { earnPoints } from './points.ts';
import type { Tenant } from './programme.ts';
import type { WorldState } from './state.ts';

/** Who is there when the world begins. */
export interface Founding {
  readonly members: number;
  /** Which part of them is silent: 0 to 1. */
  readonly silentShare: number;
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;
/** A wallet begins with as many lots at most, earned within this many days. */
const LOTS = 4;
const EARNED_WITHIN_DAYS = 170;
const MEMBER_FOR_DAYS = 700;
/** Silent members stay below the first tier to be earned, so that nothing but their units ever mentions them. */
const LOT_UNITS = { silent: 120, lively: 400 };

/**
 * Fills the tenants in turn with members who have units already, earned before anybody listened: their events are not
 * told. Tiers given by hand go to a few of the lively ones.
 */
export function found(state: WorldState, { members, silentShare, nowMs }: Founding): void {
  const tenants = [...state.tenants.values()];
  const joined = Array.from(
    { length: members },
    () => nowMs - state.chance.int(EARNED_WITHIN_DAYS, MEMBER_FOR_DAYS) * DAY_MS,
  );
  joined.sort((one, other) => one - other);
  for (const [index, registeredAtMs] of joined.entries()) {
    const tenant = tenants[index % tenants.length];
    if (tenant === undefined) return;
    // The same share in every tenant, spread evenly over the years.
    const nth = Math.floor(index / tenants.length);
    const isSilent = Math.floor((nth + 1) * silentShare) > Math.floor(nth * silentShare);
    settle(state, tenant, { registeredAtMs, isSilent, nowMs });
  }
}

function settle(
  state: WorldState,
  tenant: Tenant,
  {
    registeredAtMs,
    isSilent,
    nowMs,
  }: { readonly registeredAtMs: number; readonly isSilent: boolean; readonly nowMs: number },
): void {
  const { chance } = state;
  const member = enrol(state, tenant, { profile: inventProfile(chance, tenant), registeredAtMs, silent: isSilent });
  const days = Array.from({ length: chance.int(1, LOTS) }, () => chance.int(1, EARNED_WITHIN_DAYS));
  days.sort((one, other) => other - one);
  const most = isSilent ? LOT_UNITS.silent : LOT_UNITS.lively;
  for (const ago of days) {
    earnPoints(state, member, { units: chance.int(10, most), comment: 'Earned before' }, nowMs - ago * DAY_MS);
  }
  if (!isSilent) giveTierByHand(state, member, registeredAtMs);
}

function giveTierByHand({ chance }: WorldState, member: Member, sinceMs: number): void {
  const byHand = member.tenant.tierSet.tiers.filter(({ fromUnits }) => fromUnits === null);
  const tier = chance.hits(0.08) ? chance.pick(byHand) : undefined;
  if (tier === undefined) return;
  member.standing = { ...member.standing, tier, sinceMs, manually: true, nextRecalculationAtMs: null };
}
