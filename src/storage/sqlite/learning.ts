import type { Database } from 'better-sqlite3';
import type { Identity } from '../../core/event.ts';
import type { Applied, Checkpoint } from '../../ports/store.ts';
import type { Tables } from './tables.ts';

/** What is learned in one transaction without an event. */
export interface Learning {
  readonly lessons: readonly Identity[];
  readonly checkpoint: Checkpoint | null;
  readonly nowMs: number;
}

/** Prepares learning without an event: identities, and how far their teacher got. */
export function learning({ db, members, facts }: Tables): (learning: Learning) => readonly Applied[] {
  const save = checkpoints(db);
  const learn = (lesson: Identity, nowMs: number): Applied => {
    const member = lesson.member === null ? null : members.of(lesson.member);
    if (member) members.know(member, lesson.aliases);
    const applied = lesson.facts.map((fact): Applied => {
      const known = facts.isKnown(fact);
      if (known === null) facts.learn(fact, member?.id ?? null, nowMs);
      return known ?? 'applied';
    });
    return applied.find((one) => one === 'applied') ?? applied.find((one) => one === 'stale') ?? 'repeated';
  };
  return ({ lessons, checkpoint, nowMs }) => {
    const applied = lessons.map((lesson) => learn(lesson, nowMs));
    if (checkpoint) save(checkpoint);
    return applied;
  };
}

/** Prepares the look for a checkpoint. */
export function checkpointReader(db: Database): (name: string) => string | null {
  const find = db.prepare<[string], string>('SELECT value FROM checkpoint WHERE name = ?').pluck();
  return (name) => find.get(name) ?? null;
}

function checkpoints(db: Database): (checkpoint: Checkpoint) => void {
  const keep = db.prepare<[string, string]>(
    'INSERT INTO checkpoint (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const drop = db.prepare<[string]>('DELETE FROM checkpoint WHERE name = ?');
  return ({ name, value }) => void (value === null ? drop.run(name) : keep.run(name, value));
}
