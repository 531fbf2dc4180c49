import type { JsonObject } from '../../../core/json.ts';
import { applyCampaigns } from './campaigns.ts';
import { memberEvent, type WorldEvent } from './event.ts';
import type { Member, Progress } from './member.ts';
import { identifiers } from './payloads.ts';
import type { Achievement } from './programme.ts';
import type { WorldState } from './state.ts';

/** What a member did that counts towards achievements. */
export interface Deed {
  readonly type: 'transaction' | 'custom_event';
  /** The event's `trigger`, less its `type`: with `triggerId` and `createdAt`. */
  readonly trigger: JsonObject & { readonly triggerId: string };
  readonly manuallyEdited?: boolean;
}

/** Counts a deed towards every achievement it belongs to; what that completes sets campaigns off. */
export function achievementProgress(
  state: WorldState,
  member: Member,
  deed: Deed,
  nowMs: number,
): readonly WorldEvent[] {
  const { tenant } = member;
  const touched = tenant.achievements.filter(({ active, trigger }) => active && trigger === deed.type);
  if (touched.length === 0) return [];
  const steps = touched.map((achievement) => count(member, achievement, nowMs));
  const processed = steps.map((step) => processedPayload(member, step, deed));
  return [
    ...steps.map((step) => progressChanged(member, step, deed, nowMs)),
    memberEvent('AchievementsWereProcessed', member, nowMs, processed),
    ...steps.flatMap((step) => completed(state, member, step, deed, nowMs)),
  ];
}

/** No progress yet. */
const NONE: Progress = { completedCount: 0, value: 0, streak: 0, week: null };
const DAYS_A_WEEK = 7;

interface Step {
  readonly achievement: Achievement;
  readonly before: Progress;
  readonly after: Progress;
}

function count(member: Member, achievement: Achievement, nowMs: number): Step {
  const before = member.achievements.get(achievement.achievementId) ?? NONE;
  const week = Math.floor(member.tenant.zone.day(nowMs) / DAYS_A_WEEK);
  const after =
    achievement.period === 'week' ? nextInWeek(achievement, before, week) : nextOverall(achievement, before);
  member.achievements.set(achievement.achievementId, after);
  return { achievement, before, after };
}

function nextOverall({ goal }: Achievement, before: Progress): Progress {
  // A new round begins after the goal was reached.
  const value = (before.value >= goal ? 0 : before.value) + 1;
  return { ...before, value, completedCount: before.completedCount + (value === goal ? 1 : 0) };
}

function nextInWeek({ goal, consecutive }: Achievement, before: Progress, week: number): Progress {
  const sameWeek = before.week === week;
  const value = (sameWeek ? before.value : 0) + 1;
  const kept = sameWeek || before.week === week - 1 ? before.streak : 0;
  const needed = consecutive ?? 1;
  // The round after a full streak begins with this week.
  const base = kept >= needed && value === goal ? 0 : kept;
  const streak = value === goal ? base + 1 : kept;
  const done = value === goal && streak === needed;
  return { completedCount: before.completedCount + (done ? 1 : 0), value, streak, week };
}

function completed(state: WorldState, member: Member, { achievement, before, after }: Step, deed: Deed, nowMs: number) {
  if (after.completedCount === before.completedCount) return [];
  const { achievementId, name } = achievement;
  const progress = { completedCount: after.completedCount, rules: [rulePayload(achievement, after)] };
  const relatedAchievement = { achievementId, achievementName: name, limitReached: false, memberProgress: progress };
  const lastTrigger = { triggerId: deed.trigger.triggerId, triggerType: deed.type };
  const trigger = { triggerId: achievementId, relatedAchievement: { ...relatedAchievement, lastTrigger } };
  const occasion = { triggerType: 'achievement', trigger, achievementId, cause: {}, comment: name } as const;
  return applyCampaigns(state, member, occasion, nowMs);
}

function progressChanged(member: Member, step: Step, deed: Deed, nowMs: number): WorldEvent {
  const { achievement, before } = step;
  const previous = { completedCount: before.completedCount, rules: [rulePayload(achievement, before)] };
  return memberEvent('MemberAchievementProgressWasChanged', member, nowMs, {
    member: identifiers(member),
    achievement: { ...achievementPayload(step, deed), previousMemberProgress: previous },
    triggerType: deed.type,
    trigger: { type: deed.type, ...deed.trigger },
  });
}

function processedPayload(member: Member, step: Step, { type, trigger, ...deed }: Deed): JsonObject {
  return {
    member: identifiers(member),
    achievement: achievementPayload(step, { type, trigger, ...deed }),
    triggerType: type,
    trigger: { triggerId: trigger.triggerId, type },
  };
}

function achievementPayload({ achievement, after }: Step, { manuallyEdited = false }: Deed): JsonObject {
  const rules = [rulePayload(achievement, after)];
  return {
    achievementId: achievement.achievementId,
    achievementName: achievement.name,
    limitReached: false,
    manuallyEdited,
    memberProgress: { completedCount: after.completedCount, reset: false, rules },
  };
}

function rulePayload(achievement: Achievement, { value, streak }: Progress): JsonObject {
  return {
    achievementRuleId: achievement.ruleId,
    periodGoal: achievement.goal,
    currentPeriodValue: value,
    periodType: achievement.period,
    consecutivePeriods: achievement.consecutive,
    completedConsecutivePeriods: streak,
    type: 'direct',
    trigger: achievement.trigger,
    translations: { en: { name: achievement.name } },
  };
}
