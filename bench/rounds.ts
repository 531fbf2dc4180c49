import { monotonicMs } from './clock.ts';
import { type Bench, type Measurement, measure } from './measure.ts';
import { isNoisy } from './noise.ts';
import type { SubjectName } from './subject.ts';

/** One round: every subject, measured once. */
export interface Round {
  readonly pointsman: Measurement;
  readonly forwarder: Measurement;
}

/** The rounds that were made. */
export interface Rounds {
  /** Those that count. */
  readonly kept: readonly Round[];
  /** Those that were disturbed and made again. */
  readonly dropped: readonly Round[];
  /** Whether the time was up before all were made. */
  readonly isCutShort: boolean;
}

/** Measures round by round, in rotating order; a disturbed round is dropped and made again, a few times. */
export async function makeRounds(
  bench: Bench,
  onMeasured: (round: number, measured: Measurement) => void,
): Promise<Rounds> {
  const kept: Round[] = [];
  const dropped: Round[] = [];
  const startedAt = monotonicMs();
  for (let made = 0; kept.length < bench.options.rounds; made++) {
    const seconds = (monotonicMs() - startedAt) / 1000;
    const isOverTime = made > 0 && seconds + seconds / made > bench.options.secondsLimit;
    if (isOverTime) return { ...chosen(kept, dropped), isCutShort: true };
    const round = await makeRound(made, bench, (measured) => onMeasured(made + 1, measured));
    if (isDisturbed(round) && dropped.length < bench.options.mostDropped) dropped.push(round);
    else kept.push(round);
  }
  return { kept, dropped, isCutShort: false };
}

/** Whether something else took the processors during a round. */
export function isDisturbed({ pointsman, forwarder }: Round): boolean {
  return isNoisy(pointsman) || isNoisy(forwarder);
}

/** A disturbed round is better than none. */
function chosen(kept: readonly Round[], dropped: readonly Round[]): Pick<Rounds, 'kept' | 'dropped'> {
  return kept.length > 0 ? { kept, dropped } : { kept: dropped, dropped: [] };
}

async function makeRound(index: number, bench: Bench, onMeasured: (measured: Measurement) => void): Promise<Round> {
  const measureNow = async (name: SubjectName): Promise<Measurement> => {
    const measured = await measure(name, bench);
    onMeasured(measured);
    return measured;
  };
  if (index % 2 === 0) {
    const forwarder = await measureNow('forwarder');
    return { forwarder, pointsman: await measureNow('pointsman') };
  }
  const pointsman = await measureNow('pointsman');
  return { pointsman, forwarder: await measureNow('forwarder') };
}
