import { achievementProgress } from './achievements.ts';
import { applyCampaigns } from './campaigns.ts';
import type { WorldEvent } from './event.ts';
import type { Member } from './member.ts';
import type { WorldState } from './state.ts';

/** Something a member did outside of the programme. */
export interface CustomEvent {
  readonly type: string;
  readonly customEventId: string;
  /** Default: now. */
  readonly eventAtMs?: number;
  /** The sender's own id. */
  readonly eventId?: string;
}

/** A custom event: it has no webhook of its own, but it sets campaigns off and counts towards achievements. */
export function customEvent(
  state: WorldState,
  member: Member,
  event: CustomEvent,
  nowMs: number,
): readonly WorldEvent[] {
  const { zone } = member.tenant;
  const { customEventId, eventAtMs = nowMs, eventId = customEventId } = event;
  const trigger = { triggerId: customEventId, createdAt: zone.text(nowMs), eventDate: zone.text(eventAtMs), eventId };
  const cause = { customEventId, performedAtMs: eventAtMs };
  const occasion = { triggerType: 'custom_event', trigger, cause, comment: event.type } as const;
  return [
    ...applyCampaigns(state, member, occasion, nowMs),
    ...achievementProgress(state, member, { type: 'custom_event', trigger }, nowMs),
  ];
}

/** A code found on a pack. */
export function redeemCode(state: WorldState, member: Member, code: string, nowMs: number): readonly WorldEvent[] {
  const trigger = { triggerId: state.chance.uuid() };
  const cause = { performedAtMs: nowMs };
  const triggerType = 'custom_event_unique_code';
  return applyCampaigns(
    state,
    member,
    { triggerType, trigger, cause, comment: `Code ${code}`, redemptionCode: code },
    nowMs,
  );
}
