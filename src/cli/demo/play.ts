import type { Clock } from '../../ports/clock.ts';
import type { FaultSwitch } from '../../sandbox/bloomreach/faults.ts';
import type { Happening, Scene, Step } from './scenario.ts';
import { seed } from './seed.ts';
import type { DemoSite } from './site.ts';

/** What playing a scenario needs, and who is told of what happens. */
export interface PlayTools {
  readonly site: Pick<DemoSite, 'openLoyalty' | 'cast' | 'bloomreach' | 'configFile' | 'log'>;
  readonly clock: Clock;
  /** Stops the play: it rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Multiplies every pause; 1 is made for people. */
  readonly pace: number;
  readonly onCaption: (caption: string) => void;
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

async function perform(step: Step, { site, clock, signal, pace }: PlayTools): Promise<void> {
  const { faults } = site.bloomreach;
  signal.throwIfAborted();
  switch (step.kind) {
    case 'happen':
      return happen(step.happening, site);
    case 'seed-facts':
      return seed(site, { clock, signal });
    case 'send-next-twice':
      site.openLoyalty.faults.add({ kind: 'duplicate', count: 1, match: { eventName: step.eventName } });
      return;
    case 'refuse-next':
      faults.add({ kind: 'refuse', message: step.message, count: 1, match: { eventType: step.eventType } });
      return;
    case 'outage':
      faults.add({ kind: 'outage', forMs: step.forMs });
      return;
    case 'until-outage-ends':
      return clock.sleep(Math.max(0, (outageEndOf(faults) ?? 0) - clock.now()), signal);
    case 'pause':
      return clock.sleep(step.ms * pace, signal);
  }
}

/** Resolves when the door has answered everything that this brings. */
async function happen(happening: Happening, { openLoyalty, cast }: PlayTools['site']): Promise<void> {
  const sent = await openLoyalty.play((_, nowMs) => happening(cast, nowMs));
  const lost = sent.find(({ outcome }) => outcome !== 'answered');
  if (lost === undefined) return;
  const { status = null, error = null } = lost.requests.at(-1) ?? {};
  throw new Error(`The door did not take ${lost.eventName}: ${status ?? error}`);
}
