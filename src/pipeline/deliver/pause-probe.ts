import type { Answer } from '../../core/attempt.ts';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { Pause } from '../../core/pause.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Destination } from '../../ports/destination.ts';
import type { Pauses } from './pauses.ts';

/** What probing needs. */
export interface ProbeTools {
  readonly destination: Pick<Destination, 'id' | 'limits' | 'endpoints' | 'probe'>;
  readonly pauses: Pick<Pauses, 'ongoing' | 'accepted'>;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  /** Claims one delivery that is due, to none of these endpoints; null when there is none. */
  readonly claimOne: (exceptEndpoints: readonly string[]) => Promise<ClaimedDelivery | null>;
  /** Sends it alone and settles it; null when nothing was sent. */
  readonly sendAlone: (delivery: ClaimedDelivery) => Promise<Answer | null>;
  /** Told after each round of probes. */
  readonly onProbed: () => void;
  /** Told what a round ended with that is a bug. */
  readonly onBug: (cause: unknown) => void;
}

/** Finds out whether what was paused because credentials were refused can go on. */
export class PauseProbe {
  readonly #tools: ProbeTools;
  readonly #bornAtMs: number;
  #probedAtMs: number | null = null;
  #isProbing = false;

  constructor(tools: ProbeTools) {
    this.#tools = tools;
    this.#bornAtMs = tools.clock.now();
  }

  get isProbing(): boolean {
    return this.#isProbing;
  }

  /** Starts a round when it is time for one: at once for what was paused before this, for its credentials may be new. */
  probeWhenDue(): void {
    const due = this.#isProbing ? [] : this.#due();
    if (due.length === 0) return;
    this.#isProbing = true;
    this.#probedAtMs = this.#tools.clock.now();
    const { onBug, onProbed } = this.#tools;
    this.#probe(due)
      .catch(onBug)
      .then(() => {
        this.#isProbing = false;
        onProbed();
      });
  }

  #due(): readonly Pause[] {
    const { destination, pauses, clock } = this.#tools;
    const ongoing = pauses.ongoing(destination.id);
    if (ongoing.length === 0) return ongoing;
    const nowMs = clock.now();
    return probeable(ongoing).filter(({ sinceMs }) => {
      const asked = this.#probedAtMs ?? (sinceMs >= this.#bornAtMs ? sinceMs : null);
      return asked === null || nowMs < asked || nowMs >= Math.max(asked, sinceMs) + destination.limits.probeMs;
    });
  }

  /** Ends the pauses of what is taken again. */
  async #probe(pauses: readonly Pause[]): Promise<void> {
    for (const pause of pauses) {
      const answer = await this.#ask(pause);
      if (answer?.verdict === 'delivered' || answer?.verdict === 'rejected') await this.#tools.pauses.accepted(pause);
    }
  }

  /** Null when it could not be asked. */
  async #ask({ endpoint }: Pause): Promise<Answer | null> {
    const { destination, stopping } = this.#tools;
    const answer = endpoint === null ? await destination.probe(stopping) : null;
    return answer ?? this.#sendOne(endpoint);
  }

  async #sendOne(endpoint: string | null): Promise<Answer | null> {
    const { destination, pauses, claimOne, sendAlone, stopping } = this.#tools;
    if (stopping.aborted) return null;
    const paused = pauses.ongoing(destination.id).flatMap((pause) => pause.endpoint ?? []);
    const others = [...destination.endpoints.keys()].filter((name) => name !== endpoint);
    const delivery = await claimOne(endpoint === null ? paused : others);
    return delivery === null ? null : sendAlone(delivery);
  }
}

/** Those that nobody paused by hand as well; endpoints only while their destination is not paused. */
function probeable(ongoing: readonly Pause[]): readonly Pause[] {
  const isByHand = (endpoint: string | null) =>
    ongoing.some((pause) => pause.cause === 'by_hand' && pause.endpoint === endpoint);
  if (isByHand(null)) return [];
  const refused = ongoing.filter(({ cause, endpoint }) => cause === 'unauthorized' && !isByHand(endpoint));
  const whole = refused.filter(({ endpoint }) => endpoint === null);
  return whole.length > 0 ? whole : refused;
}
