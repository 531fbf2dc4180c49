import type { ActiveFault, FaultMatch, FaultSpec } from './fault.ts';
import { parseFault } from './fault-input.ts';
import { isAskedFor, type Write } from './write.ts';

/** The faults of a running sandbox, as tests and the control API switch them. */
export interface FaultSwitch {
  /** Switches a fault on; throws ControlInputError naming the field that is wrong. */
  add(spec: FaultSpec): ActiveFault;
  /** What is on now, oldest first. */
  list(): readonly ActiveFault[];
  clear(): void;
}

/** What the faults do to one request. */
export interface FaultPlan {
  /** The first fault that hits, latency aside; null runs the request as usual. */
  readonly fault: Exclude<FaultSpec, { kind: 'latency' }> | null;
  /** How long the answer is held back. */
  readonly delayMs: number;
}

const UNHURT: FaultPlan = { fault: null, delayMs: 0 };

interface Entry {
  readonly id: number;
  readonly spec: FaultSpec;
  readonly endsAtMs: number;
  remaining: number;
}

/** Draws, request by request, which faults hit. */
export class Faults implements FaultSwitch {
  readonly #clock: () => number;
  readonly #random: () => number;
  #entries: Entry[] = [];
  #added = 0;

  constructor({ clock, random }: { readonly clock: () => number; readonly random: () => number }) {
    this.#clock = clock;
    this.#random = random;
  }

  add(spec: FaultSpec): ActiveFault {
    const { count = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = parseFault(spec);
    this.#added += 1;
    const entry = { id: this.#added, spec, endsAtMs: this.#clock() + forMs, remaining: count };
    this.#entries.push(entry);
    return describe(entry);
  }

  list(): readonly ActiveFault[] {
    this.#forgetEnded();
    return this.#entries.map(describe);
  }

  clear(): void {
    this.#entries = [];
  }

  /** True when a fault asks for an event type or command, so that drawing must wait for the body. */
  get needBody(): boolean {
    return this.#entries.some(({ spec: { match } }) => match?.eventType !== undefined || match?.command !== undefined);
  }

  /** Decides one request and uses up what hits it: every latency adds up, of the other faults the first wins. */
  draw(path: string, writes: readonly Write[]): FaultPlan {
    if (this.#entries.length === 0) return UNHURT;
    this.#forgetEnded();
    let fault: FaultPlan['fault'] = null;
    let delayMs = 0;
    for (const entry of this.#entries) {
      const { spec } = entry;
      const taken = spec.kind !== 'latency' && fault !== null;
      if (taken || !matches(spec.match ?? {}, path, writes) || !this.#hits(spec.probability ?? 1)) continue;
      entry.remaining -= 1;
      if (spec.kind === 'latency') delayMs += spec.ms + (spec.jitterMs ?? 0) * this.#random();
      else fault = spec;
    }
    return { fault, delayMs };
  }

  #hits(probability: number): boolean {
    return probability >= 1 || this.#random() < probability;
  }

  #forgetEnded(): void {
    const nowMs = this.#clock();
    this.#entries = this.#entries.filter(({ remaining, endsAtMs }) => remaining > 0 && nowMs < endsAtMs);
  }
}

function matches(match: FaultMatch, path: string, writes: readonly Write[]): boolean {
  const { eventType, command, path: suffix } = match;
  if (suffix === undefined ? !path.startsWith('/track/') : !path.endsWith(suffix)) return false;
  return (eventType === undefined && command === undefined) || writes.some((write) => isAskedFor(match, write));
}

function describe({ id, spec, remaining, endsAtMs }: Entry): ActiveFault {
  return {
    ...spec,
    id,
    remaining: Number.isFinite(remaining) ? remaining : null,
    endsAtMs: Number.isFinite(endsAtMs) ? endsAtMs : null,
  };
}
