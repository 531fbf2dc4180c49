import { mergeMemories } from './dedupe.ts';
import type { Identifier } from './identifiers.ts';
import { type Profile, touchSoftId } from './profile.ts';

/** The moment of a write: when it was received and when exports start to show it. */
export interface Moment {
  readonly nowMs: number;
  readonly visibleAtMs: number;
}

/** Every profile, and the rules by which identifiers lead to one. Source: Customer identification; Merging. */
export class Customers {
  readonly #hardIds: readonly string[];
  readonly #byId = new Map<string, Profile>();
  readonly #profiles = new Set<Profile>();
  #created = 0;

  /** @param hardIds names of the hard ids, the strongest first. */
  constructor(hardIds: readonly string[]) {
    this.#hardIds = hardIds;
  }

  /** All profiles, merged ones left out. */
  all(): readonly Profile[] {
    return [...this.#profiles];
  }

  /** The profile a reader means, a hard id before a soft one; null when no id is known. */
  find(identifiers: readonly Identifier[]): Profile | null {
    for (const identifier of this.#strongestFirst(identifiers)) {
      const profile = this.#byId.get(keyOf(identifier));
      if (profile !== undefined) return profile;
    }
    return null;
  }

  /**
   * The profile a write belongs to: found, merged from several, or created in silence. Profiles that share no clashing
   * hard id become one; where they clash, only the soft ids move over, without the old events.
   */
  identify(identifiers: readonly Identifier[], moment: Moment): Profile {
    const ordered = this.#strongestFirst(identifiers);
    const matches = [...new Set(ordered.flatMap((identifier) => this.#byId.get(keyOf(identifier)) ?? []))];
    let profile = this.#choose(ordered, matches) ?? this.#create(moment);
    for (const identifier of ordered) if (this.#isHard(identifier)) this.#claimHardId(profile, identifier);
    for (const other of matches) {
      if (other !== profile && agree(other, profile)) profile = this.#merge(profile, other, moment);
    }
    for (const identifier of ordered) if (!this.#isHard(identifier)) this.#claimSoftId(profile, identifier);
    profile.visibleAtMs = Math.min(profile.visibleAtMs, moment.visibleAtMs);
    return profile;
  }

  /** Forgets everybody. */
  clear(): void {
    this.#byId.clear();
    this.#profiles.clear();
  }

  /** A hard id decides; without one that is known, the newest profile that the new hard ids do not contradict. */
  #choose(identifiers: readonly Identifier[], matches: readonly Profile[]): Profile | undefined {
    const hard = identifiers.filter((identifier) => this.#isHard(identifier));
    for (const identifier of hard) {
      const owner = this.#byId.get(keyOf(identifier));
      if (owner !== undefined) return owner;
    }
    return matches
      .filter((profile) => hard.every(({ name, value }) => (profile.hardIds.get(name) ?? value) === value))
      .toSorted((left, right) => right.number - left.number)[0];
  }

  #create({ visibleAtMs }: Moment): Profile {
    this.#created += 1;
    const profile: Profile = {
      number: this.#created,
      visibleAtMs,
      hardIds: new Map(),
      softIds: new Map(),
      properties: new Map(),
      events: [],
      memory: new Map(),
    };
    this.#profiles.add(profile);
    return profile;
  }

  /** A profile keeps the hard id it has, and an id keeps the profile it has. */
  #claimHardId(profile: Profile, identifier: Identifier): void {
    if (profile.hardIds.has(identifier.name) || this.#byId.has(keyOf(identifier))) return;
    profile.hardIds.set(identifier.name, identifier.value);
    this.#byId.set(keyOf(identifier), profile);
  }

  #claimSoftId(profile: Profile, identifier: Identifier): void {
    const key = keyOf(identifier);
    const owner = this.#byId.get(key);
    if (owner !== profile) owner?.softIds.get(identifier.name)?.delete(identifier.value);
    this.#byId.set(key, profile);
    const evicted = touchSoftId(profile, identifier);
    if (evicted !== null) this.#byId.delete(keyOf({ name: identifier.name, value: evicted }));
  }

  /** Moves the younger profile into the older one and tracks a `merge` event, whose properties are unconfirmed. */
  #merge(left: Profile, right: Profile, { nowMs, visibleAtMs }: Moment): Profile {
    const [older, younger] = left.number < right.number ? [left, right] : [right, left];
    this.#profiles.delete(younger);
    for (const [name, value] of younger.hardIds) {
      older.hardIds.set(name, value);
      this.#byId.set(keyOf({ name, value }), older);
    }
    for (const [name, values] of younger.softIds) {
      for (const value of values) this.#claimSoftId(older, { name, value });
    }
    for (const [name, versions] of younger.properties) {
      const both = [...(older.properties.get(name) ?? []), ...versions];
      older.properties.set(
        name,
        both.toSorted((one, other) => one.updatedAt - other.updatedAt),
      );
    }
    for (const event of younger.events) older.events.push(event);
    older.events.push({ type: 'merge', timestamp: nowMs / 1000, properties: {}, visibleAtMs });
    mergeMemories(older.memory, younger.memory);
    older.visibleAtMs = Math.min(older.visibleAtMs, younger.visibleAtMs);
    return older;
  }

  #isHard({ name }: Identifier): boolean {
    return this.#hardIds.includes(name);
  }

  #strongestFirst(identifiers: readonly Identifier[]): readonly Identifier[] {
    if (identifiers.length < 2) return identifiers;
    const rank = ({ name }: Identifier) => this.#hardIds.indexOf(name) + 1 || Number.POSITIVE_INFINITY;
    return identifiers.toSorted((left, right) => (rank(left) < rank(right) ? -1 : rank(left) > rank(right) ? 1 : 0));
  }
}

function agree(left: Profile, right: Profile): boolean {
  for (const [name, value] of left.hardIds) if ((right.hardIds.get(name) ?? value) !== value) return false;
  return true;
}

/** The length keeps (`a`, `bc`) and (`ab`, `c`) apart. */
function keyOf({ name, value }: Identifier): string {
  return `${name.length}:${name}${value}`;
}
