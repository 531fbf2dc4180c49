import { createHash } from 'node:crypto';
import { FORGOTTEN } from '../../core/replay.ts';
import type { ReplaySelection } from '../../ports/replays.ts';
import type { ForgetCounts } from '../../ports/upkeep.ts';
import { identifierText } from './identifier.ts';
import { knownAs, startingWith } from './identifier-search.ts';
import type { KnownMembers } from './known-members.ts';
import type { Param } from './list-query.ts';
import type { ReplayRows } from './replay-rows.ts';
import type { Tables } from './tables.ts';

/**
 * Prepares the end of forgetting, when nothing refers to a member any more: her facts, identifiers, row and every filter
 * that names her go, and a receipt with salted hashes stays. Only inside a transaction.
 */
export function memberEraser(
  tables: Tables,
  known: KnownMembers,
  replays: ReplayRows,
): (id: number, counts: ForgetCounts, nowMs: number) => ForgetCounts {
  const { db, members } = tables;
  const facts = db.prepare<[number]>('DELETE FROM fact WHERE member = ?');
  const aliases = db.prepare<[number]>('DELETE FROM alias WHERE member = ?');
  const member = db.prepare<[number]>('DELETE FROM member WHERE id = ?');
  const endReplays = replayEnder(tables, replays);
  const receipt = receiptWriter(tables);
  return (id, counts, nowMs) => {
    const identifiers = known.identifiersOf(id).map(({ prefix, value }) => identifierText(prefix, value));
    endReplays(id, nowMs);
    const erased = {
      ...counts,
      facts: counts.facts + facts.run(id).changes,
      aliases: counts.aliases + aliases.run(id).changes,
    };
    member.run(id);
    members.reset();
    receipt(identifiers, erased, nowMs);
    return erased;
  };
}

/** The receipt answers "was she forgotten, and when?" to somebody who knows one of her identifiers, and to nobody else. */
function receiptWriter({ db }: Tables): (identifiers: readonly string[], erased: ForgetCounts, nowMs: number) => void {
  const salt = db.prepare<[], Buffer>('SELECT randomblob(16)').pluck();
  const insert = db.prepare<[number, Buffer, Buffer, string]>(
    'INSERT INTO forget_receipt (at_ms, salt, hash, detail) VALUES (?, ?, ?, ?)',
  );
  return (identifiers, erased, nowMs) => {
    const salted = salt.get() ?? Buffer.alloc(0);
    const [own = Buffer.alloc(0), ...others] = identifiers.map((text) => saltedHash(salted, text));
    const detail = { ...erased, identifiers: others.map((hash) => hash.toString('hex')) };
    insert.run(nowMs, salted, own, JSON.stringify(detail));
  };
}

/** SHA-256 of the salt and the text. */
export function saltedHash(salt: Buffer, text: string): Buffer {
  return createHash('sha256').update(salt).update(text).digest();
}

/** A filter that names her is personal too: it goes, and a replay that is not done ends. */
function replayEnder({ db }: Tables, replays: ReplayRows): (member: number, nowMs: number) => void {
  const filtered = db
    .prepare<[], number>(`SELECT id FROM replay WHERE selection LIKE '%"member":%' OR selection LIKE '%"q":%'`)
    .pluck();
  const redact = db.prepare<[string, number]>('UPDATE replay SET selection = ? WHERE id = ?');
  const names = (text: string, member: number): boolean =>
    [...knownAs(text), ...startingWith(text)].some(({ sql, params }) => {
      const find = db.prepare<Param[]>(`SELECT 1 FROM identifier i WHERE i.member = ? AND ${sql} LIMIT 1`);
      return find.get(member, ...params) !== undefined;
    });
  return (member, nowMs) => {
    for (const id of filtered.all()) {
      const selection = replays.find(id)?.selection;
      if (!selection || !('filter' in selection)) continue;
      const { member: named, q, ...filter } = selection.filter;
      if (![named, q].some((text) => text !== undefined && names(text, member))) continue;
      replays.change(id, 'cancel', nowMs);
      const redacted = { ...selection, filter: { ...filter, member: FORGOTTEN } } as ReplaySelection;
      redact.run(JSON.stringify(redacted), id);
    }
  };
}
