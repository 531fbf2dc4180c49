import type { Clock } from '../../ports/clock.ts';
import { ABSENT, isSameLook, type Look } from './look.ts';

/** What settling needs. */
export interface SettleTools {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** One look at everything. */
  readonly look: () => Promise<Look>;
}

/** Waits until files rest, so that nothing half-written is loaded. */
export interface Settler {
  /**
   * The files once two looks in a row saw the same and nothing has been missing for less than a second. After three
   * seconds of unrest it takes what is there, and in place of what is missing what `known` had. Rejects when the
   * folder cannot be read.
   */
  settled(known: Look): Promise<Look>;
}

/** The time between two looks that must see the same, in ms: longer than an editor takes between truncating and writing. */
const REST_MS = 60;
/** How long a file must be gone before it counts as deleted, in ms: `git pull` unlinks before it creates. */
const GRACE_MS = 1_000;
const LONGEST_UNREST_MS = 3_000;

/** Builds a settler; it remembers since when a file is missing. */
export function createSettler({ clock, look }: SettleTools): Settler {
  const missingSince = new Map<string, number>();

  /** What `known` had, this look has not, and has been gone for too short a time. */
  function inGrace(known: Look, found: Look): readonly string[] {
    const missing = missingFrom(known, found);
    for (const name of missingSince.keys()) if (!missing.includes(name)) missingSince.delete(name);
    const nowMs = clock.now();
    for (const name of missing) if (!missingSince.has(name)) missingSince.set(name, nowMs);
    return missing.filter((name) => nowMs - (missingSince.get(name) ?? nowMs) < GRACE_MS);
  }

  return {
    async settled(known) {
      const deadlineMs = clock.now() + LONGEST_UNREST_MS;
      for (let seen = await look(); ; ) {
        const held = inGrace(known, seen);
        if (isSameLook(seen, known)) return seen;
        if (clock.now() >= deadlineMs) return withHeld(seen, known, held);
        await clock.sleep(REST_MS);
        const next = await look();
        if (isSameLook(next, seen) && inGrace(known, next).length === 0) return next;
        seen = next;
      }
    },
  };
}

function missingFrom(known: Look, found: Look): readonly string[] {
  const files = [...known.files.keys()].filter((file) => !found.files.has(file));
  const others = [...known.others].filter(([path, hash]) => hash !== ABSENT && found.others.get(path) === ABSENT);
  return [...files, ...others.map(([path]) => path)];
}

function withHeld(found: Look, known: Look, held: readonly string[]): Look {
  const files = new Map(found.files);
  const others = new Map(found.others);
  for (const name of held) {
    const file = known.files.get(name);
    if (file) files.set(name, file);
    const hash = known.others.get(name);
    if (hash !== undefined) others.set(name, hash);
  }
  return { ...found, files, others };
}
