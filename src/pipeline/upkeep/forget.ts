import { PointsmanError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Forgetting, Forgotten, KnownMember, Upkeep } from '../../ports/upkeep.ts';

/** What forgetting needs. */
export interface ForgetTools {
  readonly store: Pick<Upkeep, 'knownMembers' | 'beginForgetting' | 'forgettings' | 'forgetStep'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Events erased in one commit. */
const EVENTS = 20;
/** How long a delivery in flight is waited for before somebody is told that it goes on by itself, in ms. */
const PATIENCE_MS = 20_000;
const RETRY_MS = 100;
const BREATH_MS = 5;

/**
 * The one member that an identifier means. Throws `API_NOT_FOUND` when nobody is known by it, and `API_AMBIGUOUS` with
 * all of them when several are and it is the key of none.
 */
export async function memberMeant(identifier: string, { store }: Pick<ForgetTools, 'store'>): Promise<KnownMember> {
  const known = await store.knownMembers(identifier);
  const exact = known.find(({ member }) => member === identifier);
  const [first, ...others] = known;
  if (exact) return exact;
  if (!first) throw new PointsmanError('API_NOT_FOUND', `Nobody is known by ${identifier}`);
  if (others.length === 0) return first;
  const members = known.map(({ member }) => member).join(', ');
  throw new PointsmanError('API_AMBIGUOUS', `${identifier} leads to ${known.length} members: ${members}`);
}

/**
 * Erases the member that an identifier means, and all that is stored about her. When it resolves as done, nothing more is
 * sent to her for anything that was stored before. Throws as `memberMeant` does.
 */
export async function forgetMember(identifier: string, tools: ForgetTools): Promise<Forgotten> {
  const known = await memberMeant(identifier, tools);
  const [begun] = await tools.store.beginForgetting([known.member], tools.clock.now());
  if (!begun) throw new PointsmanError('API_NOT_FOUND', `Nobody is known by ${identifier}`);
  const giveUpAtMs = tools.clock.now() + PATIENCE_MS;
  const last = await goOn(begun, tools, () => tools.clock.now() < giveUpAtMs);
  const { events, deliveries, attempts, facts, aliases, stage } = last;
  return { ...known, events, deliveries, attempts, facts, aliases, isDone: stage === 'done' };
}

/** Goes on with the forgettings that were begun and did not end; how many ended. */
export async function resumeForgetting(tools: ForgetTools): Promise<number> {
  let ended = 0;
  for (const begun of await tools.store.forgettings()) {
    const last = await goOn(begun, tools, () => false);
    if (last.stage === 'done') ended += 1;
  }
  return ended;
}

/** Step by step until it is done, or held up for longer than anybody is patient. */
async function goOn(begun: Forgetting, tools: ForgetTools, isPatient: () => boolean): Promise<Forgetting> {
  let last = begun;
  while (last.stage !== 'done') {
    const step = await tools.store.forgetStep(last.id, EVENTS, tools.clock.now());
    // Another one ended it in the meantime.
    if (!step) return { ...last, stage: 'done', isHeldUp: false };
    last = step;
    if (last.isHeldUp && !isPatient()) return last;
    if (last.stage !== 'done') await tools.clock.sleep(last.isHeldUp ? RETRY_MS : BREATH_MS);
  }
  const { events, deliveries, attempts, facts, aliases } = last;
  tools.log.info({ stage: 'forget', n: events, deliveries, attempts, facts, aliases }, 'a member was forgotten');
  return last;
}
