import type { ActiveFault, FaultMatch, FaultSpec, RestFault, WebhookFault } from './fault.ts';
import { isWebhookFault, parseFault } from './fault-input.ts';

/** The faults of a running sandbox, as tests and the control API switch them. */
export interface FaultSwitch {
  /** Switches a fault on; throws ControlInputError naming the field that is wrong. */
  add(spec: FaultSpec): ActiveFault;
  /** What is on now, oldest first. */
  list(): readonly ActiveFault[];
  clear(): void;
}

interface Entry {
  readonly id: number;
  readonly spec: FaultSpec;
  readonly endsAtMs: number;
  remaining: number;
}

/** Draws which faults hit a message or a call, and uses up what hits. */
export class Faults implements FaultSwitch {
  readonly #now: () => number;
  readonly #random: () => number;
  #entries: Entry[] = [];
  #added = 0;

  constructor({ now, random }: { readonly now: () => number; readonly random: () => number }) {
    this.#now = now;
    this.#random = random;
  }

  add(input: FaultSpec): ActiveFault {
    const spec = parseFault(input);
    const { count = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = spec;
    this.#added += 1;
    const entry = { id: this.#added, spec, endsAtMs: this.#now() + forMs, remaining: count };
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

  /** Every webhook fault that hits this message, oldest first. */
  drawWebhook(eventName: string, storeCode: string): readonly WebhookFault[] {
    return this.#draw(isWebhookFault, ({ match = {} }) => {
      return match.path === undefined && fits(match.eventName, eventName) && fits(match.storeCode, storeCode);
    });
  }

  /** Every REST fault that hits this call, oldest first. */
  drawRest(path: string): readonly RestFault[] {
    return this.#draw(
      (spec): spec is RestFault => !isWebhookFault(spec),
      ({ match = {} }) => fitsPath(match, path),
    );
  }

  #draw<Spec extends FaultSpec>(isKind: (spec: FaultSpec) => spec is Spec, matches: (spec: Spec) => boolean): Spec[] {
    if (this.#entries.length === 0) return [];
    this.#forgetEnded();
    const drawn: Spec[] = [];
    for (const entry of this.#entries) {
      const { spec } = entry;
      if (!isKind(spec) || !matches(spec) || this.#random() >= (spec.probability ?? 1)) continue;
      entry.remaining -= 1;
      drawn.push(spec);
    }
    return drawn;
  }

  #forgetEnded(): void {
    const nowMs = this.#now();
    this.#entries = this.#entries.filter(({ remaining, endsAtMs }) => remaining > 0 && nowMs < endsAtMs);
  }
}

function fits(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value;
}

function fitsPath({ eventName, path: suffix, storeCode }: FaultMatch, path: string): boolean {
  if (eventName !== undefined || (suffix !== undefined && !path.endsWith(suffix))) return false;
  return storeCode === undefined || path.startsWith(`/api/${storeCode}/`);
}

function describe({ id, spec, remaining, endsAtMs }: Entry): ActiveFault {
  return {
    ...spec,
    id,
    remaining: Number.isFinite(remaining) ? remaining : null,
    endsAtMs: Number.isFinite(endsAtMs) ? endsAtMs : null,
  };
}
