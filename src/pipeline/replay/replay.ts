import { PointsmanError } from '../../core/errors.ts';
import { publicId } from '../../core/id.ts';
import type { ReplayAction } from '../../core/replay.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Replay, ReplayChoice, ReplayStore } from '../../ports/replays.ts';
import { countChoice } from './replay-count.ts';

/** What ordering replays needs. */
export interface ReplayTools {
  readonly store: Pick<
    ReplayStore,
    'replayEnd' | 'countReplay' | 'createReplay' | 'replay' | 'changeReplay' | 'runningReplays'
  >;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told that there may be something to replay now: a hint. */
  readonly onReplay: () => void;
}

/**
 * Stores a replay, which begins at once. Throws `API_NOT_FOUND` when there is nothing to replay, and `API_CONFLICT` while
 * the same goes on: an order that was sent twice is one order.
 *
 * @param ratePerSecond deliveries or events; null = as fast as they are taken.
 */
export async function startReplay(
  choice: ReplayChoice,
  ratePerSecond: number | null,
  tools: ReplayTools,
): Promise<Replay> {
  const same = (await tools.store.runningReplays()).find((running) => isSame(running, choice));
  if (same) throw new PointsmanError('API_CONFLICT', `${publicId('rpl', same.id)} does just this and goes on`);
  const { total, refused, upTo } = await countChoice(choice, tools.store);
  if (total === 0)
    throw new PointsmanError('API_NOT_FOUND', 'Nothing that is stored is meant by this: nothing to replay');
  if (refused === total) {
    const what = total === 1 ? 'The delivery has' : `None of the ${total} deliveries has`;
    const message = `${what} ${total === 1 ? 'no' : 'a'} request to send again: reprocess the events instead`;
    throw new PointsmanError('API_BAD_REQUEST', message);
  }
  const nowMs = tools.clock.now();
  const replay = await tools.store.createReplay({ ...choice, ratePerSecond, total, upTo, nowMs });
  tools.log.info({ stage: 'replay', replay: replay.id, n: total, as: choice.mode }, 'a replay begins');
  tools.onReplay();
  return replay;
}

/** Pauses, resumes or cancels a replay. Throws `API_NOT_FOUND`, or `API_CONFLICT` when it ended. */
export async function changeReplay(id: number, action: ReplayAction, tools: ReplayTools): Promise<Replay> {
  const changed = await tools.store.changeReplay(id, action, tools.clock.now());
  if (changed) {
    tools.log.info({ stage: 'replay', replay: id, status: changed.status, n: changed.looked }, 'a replay was changed');
    tools.onReplay();
    return changed;
  }
  const known = await tools.store.replay(id);
  if (!known) throw new PointsmanError('API_NOT_FOUND', 'There is no such replay');
  throw new PointsmanError('API_CONFLICT', `The replay is ${known.status}: nothing can be changed any more`);
}

function isSame(running: ReplayChoice, { mode, selection, mapping }: ReplayChoice): boolean {
  if (running.mode !== mode || running.mapping !== mapping) return false;
  return JSON.stringify(running.selection) === JSON.stringify(selection);
}
