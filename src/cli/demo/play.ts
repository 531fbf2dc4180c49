import type { Clock } from '../../ports/clock.ts';
import type { FaultSwitch } from '../../sandbox/bloomreach/faults.ts';
import type { Scene, Step } from './scenario.ts';
import type { PostedWebhook, Sender } from './sender.ts';

/** What playing a scenario needs, and who is told of what happens. */
export interface PlayTools {
  readonly sender: Sender;
  readonly faults: Pick<FaultSwitch, 'add' | 'list'>;
  readonly clock: Clock;
  /** Stops the play: it rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Multiplies every pause; 1 is made for people. */
  readonly pace: number;
  readonly onCaption: (caption: string) => void;
  readonly onPosted: (posted: PostedWebhook) => void;
}

/** Plays the scenes one after another, each step to its end. Rejects when a webhook is not taken. */
export async function play(scenes: readonly Scene[], tools: PlayTools): Promise<void> {
  for (const { caption, steps } of scenes) {
    tools.onCaption(caption);
    for (const step of steps) await perform(step, tools);
  }
}

/** When the outage ends, Unix time in ms; null while Bloomreach is up. */
export function outageEndOf(faults: Pick<FaultSwitch, 'list'>): number | null {
  return faults.list().find(({ kind }) => kind === 'outage')?.endsAtMs ?? null;
}

async function perform(step: Step, tools: PlayTools): Promise<void> {
  const { sender, faults, clock, signal } = tools;
  signal.throwIfAborted();
  switch (step.kind) {
    case 'send':
      return tools.onPosted(await sender.send(step.webhook));
    case 'send-again':
      return tools.onPosted(await sender.sendAgain());
    case 'refuse-next':
      faults.add({ kind: 'refuse', message: step.message, count: 1, match: { eventType: step.eventType } });
      return;
    case 'outage':
      faults.add({ kind: 'outage', forMs: step.forMs });
      return;
    case 'until-outage-ends':
      return clock.sleep(Math.max(0, (outageEndOf(faults) ?? 0) - clock.now()), signal);
    case 'pause':
      return clock.sleep(step.ms * tools.pace, signal);
  }
}
