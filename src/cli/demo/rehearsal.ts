import type { WorldEvent } from '../../sandbox/open-loyalty/world/event.ts';
import { createWorld } from '../../sandbox/open-loyalty/world.ts';
import { type Cast, castInto, emptyWorld } from './cast.ts';
import { SUBSCRIBED } from './mapping-files.ts';
import type { Scene, Step } from './scenario.ts';

/**
 * What Open Loyalty is going to tell Pointsman, in order, with repeats: the scenes are played in a world of the same
 * seed that nobody listens to. `nowMs` is when the demo begins.
 */
export function rehearse(scenes: readonly Scene[], nowMs: number): readonly WorldEvent[] {
  const cast = castInto(createWorld({ ...emptyWorld(), nowMs }), nowMs);
  const subscribed: readonly string[] = SUBSCRIBED;
  let twice: string | null = null;
  return scenes
    .flatMap(({ steps }) => steps)
    .flatMap((step) => {
      if (step.kind === 'send-next-twice') twice = step.eventName;
      return told(step, cast)
        .filter(({ name }) => subscribed.includes(name))
        .flatMap((event) => {
          if (event.name !== twice) return [event];
          twice = null;
          return [event, event];
        });
    });
}

function told(step: Step, cast: Cast): readonly WorldEvent[] {
  return step.kind === 'happen' ? step.happening(cast, cast.beganAtMs) : [];
}
