import { ERRORS } from '../../core/errors.ts';
import type { Lint } from '../../core/lint.ts';
import type { CompiledFile } from '../../mapping/compile.ts';

/** A file with the versions of it that could run. */
export interface Candidate {
  readonly file: string;
  /** As it lies on disk; without mappings when it is refused. */
  readonly fresh: CompiledFile;
  /** Its last good text; null when there is none, or when it fits today's config no more. */
  readonly old: CompiledFile | null;
  /** Whether its last good text is what runs now: then its ids are its own. */
  readonly isLive: boolean;
}

/** What of a file runs. */
export interface Chosen {
  readonly file: string;
  /** Null = nothing. */
  readonly running: CompiledFile | null;
  readonly refused: boolean;
  readonly lints: readonly Lint[];
}

interface Choice {
  readonly candidate: Candidate;
  running: CompiledFile | null;
  readonly repeated: Lint[];
}

/**
 * Chooses for each file its text on disk, else its last good text, else nothing, so that no id runs twice: an id stays
 * with the file it runs from now; of two new files with one id the first by name has it.
 */
export function chooseVersions(candidates: readonly Candidate[]): readonly Chosen[] {
  const choices = candidates.map((candidate): Choice => {
    const { fresh, old } = candidate;
    return { candidate, running: fresh.mappings.length > 0 ? fresh : old, repeated: [] };
  });
  const owners = ownersOf(candidates);
  // Each round takes a version away from every loser, so this ends.
  for (let losers = losersOf(choices, owners); losers.length > 0; losers = losersOf(choices, owners)) {
    for (const { loser, id, winner } of losers) yieldTo(loser, id, winner);
  }
  return choices.map(({ candidate: { file, fresh }, running, repeated }) => ({
    file,
    running,
    refused: running !== fresh,
    lints: [...fresh.lints, ...repeated],
  }));
}

/** Which file each id runs from now. */
function ownersOf(candidates: readonly Candidate[]): ReadonlyMap<string, string> {
  const live = candidates.filter(({ isLive }) => isLive);
  return new Map(live.flatMap(({ file, old }) => (old?.mappings ?? []).map(({ id }) => [id, file] as const)));
}

interface Loser {
  readonly loser: Choice;
  readonly id: string;
  readonly winner: string;
}

function losersOf(choices: readonly Choice[], owners: ReadonlyMap<string, string>): readonly Loser[] {
  const claims = Map.groupBy(
    choices.flatMap((choice) => (choice.running?.mappings ?? []).map(({ id }) => ({ id, choice }))),
    ({ id }) => id,
  );
  const losers = new Map<Choice, Loser>();
  for (const [id, claimants] of claims) {
    if (claimants.length === 1) continue;
    const files = claimants.map(({ choice }) => choice.candidate.file).sort();
    const winner = files.find((file) => file === owners.get(id)) ?? files[0] ?? '';
    for (const { choice } of claimants) {
      if (choice.candidate.file !== winner) losers.set(choice, { loser: choice, id, winner });
    }
  }
  return [...losers.values()];
}

function yieldTo(choice: Choice, id: string, winner: string): void {
  const { fresh, old } = choice.candidate;
  if (choice.running === fresh) choice.repeated.push(repeatedId(fresh, id, winner));
  choice.running = choice.running === fresh ? old : null;
}

/** Where the id is written; the document's start when it is the file's name. */
function repeatedId(fresh: CompiledFile, id: string, winner: string): Lint {
  const mapping = fresh.mappings.find((one) => one.id === id);
  const start = mapping ? fresh.text.indexOf(mapping.text) : 0;
  const written = /^(id[ \t]*:[ \t]*)\S/m.exec(mapping?.text ?? '');
  const offset = start + (written ? written.index + (written[1]?.length ?? 0) : 0);
  const before = fresh.text.slice(0, offset).split('\n');
  return {
    file: fresh.file,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    severity: 'error',
    code: 'MAPPING_DUPLICATE_ID',
    message: `The id ${id} is taken in ${winner}`,
    remedy: ERRORS.MAPPING_DUPLICATE_ID.remedy,
  };
}
