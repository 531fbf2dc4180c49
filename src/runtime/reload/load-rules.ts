import { type FileReceipt, MOST_RECEIPT_LINTS, type RunningVersion } from '../../core/receipt.ts';
import { type RuleSet, ruleSetOf } from '../../core/rule-set.ts';
import type { CompiledFile, MappingContext } from '../../mapping/compile.ts';
import type { MappingFile } from '../../ports/store.ts';
import { type Candidate, type Chosen, chooseVersions } from './choose.ts';
import type { CheckedFiles, FileChecker, FileCheckTools } from './file-checker.ts';
import type { SeenFile } from './look.ts';

/** The last good text of a file and what runs of it. */
interface KnownFile {
  readonly text: string;
  /** What runs; null when it does not fit the config, or lost its id. */
  readonly running: CompiledFile | null;
}

/** The rules in force, file by file. */
export interface RulesInForce {
  readonly files: ReadonlyMap<string, KnownFile>;
  readonly ruleSet: RuleSet;
  /** What the files were checked against; null before the first load. */
  readonly context: MappingContext | null;
  readonly refused: readonly string[];
}

/** Rules built beside those in force. */
export interface BuiltRules extends Pick<CheckedFiles, 'samples' | 'tests'> {
  readonly next: RulesInForce;
  /** Of files that changed, went, or run otherwise than before. */
  readonly receipts: readonly FileReceipt[];
}

/** The rules before the first load: the last good files, none of them running yet. */
export function rulesOf(lastGood: readonly MappingFile[]): RulesInForce {
  const files = new Map(lastGood.map(({ file, text }) => [file, { text, running: null }]));
  return { files, ruleSet: ruleSetOf([]), context: null, refused: [] };
}

/** The files to be remembered as the last good ones. */
export function lastGoodOf({ files }: RulesInForce): readonly MappingFile[] {
  return [...files].map(([file, { text }]) => ({ file, text }));
}

/** What a build starts from. */
export interface BuildInput {
  readonly files: ReadonlyMap<string, SeenFile>;
  /** The files as they were at the last load; null = unknown. */
  readonly before: ReadonlyMap<string, SeenFile> | null;
  readonly inForce: RulesInForce;
  readonly checker: FileChecker;
}

/** Builds the rules from these files; a refused file goes on with its own last good text. Changes nothing. */
export async function buildRules(input: BuildInput, tools: FileCheckTools): Promise<BuiltRules> {
  const { inForce, checker } = input;
  const { files: fresh, samples, tests } = await checker.check(input.files, tools);
  const old = await oldVersions(inForce, fresh, checker, tools.context);
  const chosen = chooseVersions([...fresh.values()].map((file) => candidateOf(file, old, inForce)));
  const next = inForceAfter(chosen, inForce, tools.context);
  const removed = [...inForce.files.keys()].filter((file) => !fresh.has(file));
  const receipts = [
    ...chosen.filter((one) => isWorthTelling(one, input)).map((one) => receiptOf(one, old.get(one.file) ?? null)),
    ...removed.map((file): FileReceipt => {
      return { file, outcome: 'removed', before: versionsOf(old.get(file) ?? null), after: [], lints: [] };
    }),
  ];
  return { next, receipts, samples, tests };
}

/** What runs of each file now, or ran before the start, as far as today's config takes it. */
async function oldVersions(
  { files, context }: RulesInForce,
  fresh: ReadonlyMap<string, CompiledFile>,
  checker: FileChecker,
  today: MappingContext,
): Promise<ReadonlyMap<string, CompiledFile>> {
  const old = new Map<string, CompiledFile>();
  const texts = new Map<string, string>();
  for (const [file, { text, running }] of files) {
    const one = fresh.get(file);
    if (one?.text === text && one.mappings.length > 0) old.set(file, one);
    else if (running && context === today) old.set(file, running);
    else texts.set(file, text);
  }
  for (const [file, compiled] of await checker.recompile(texts, today)) {
    if (compiled.mappings.length > 0) old.set(file, compiled);
  }
  return old;
}

function candidateOf(fresh: CompiledFile, old: ReadonlyMap<string, CompiledFile>, inForce: RulesInForce): Candidate {
  const { file } = fresh;
  const known = inForce.files.get(file);
  const isLive = known !== undefined && (known.running !== null || inForce.context === null);
  return { file, fresh, old: old.get(file) ?? null, isLive };
}

function inForceAfter(chosen: readonly Chosen[], before: RulesInForce, context: MappingContext): RulesInForce {
  const files = new Map<string, KnownFile>();
  for (const { file, running } of chosen) {
    // A text that cannot run today is kept: the config may take it again.
    const text = running?.text ?? before.files.get(file)?.text;
    if (text !== undefined) files.set(file, { text, running });
  }
  const mappings = chosen.flatMap(({ running }) => running?.mappings ?? []);
  const refused = chosen.filter((one) => one.refused).map(({ file }) => file);
  return { files, ruleSet: ruleSetOf(mappings), context, refused };
}

function isWorthTelling({ file, running, refused }: Chosen, { files, before, inForce }: BuildInput): boolean {
  const known = inForce.files.get(file);
  if (before === null) return refused || known?.text !== running?.text;
  const isChanged = before.get(file)?.hash !== files.get(file)?.hash;
  const ranOtherwise = versionMark(known?.running ?? null) !== versionMark(running);
  return isChanged || ranOtherwise || refused !== inForce.refused.includes(file);
}

function receiptOf({ file, running, refused, lints }: Chosen, old: CompiledFile | null): FileReceipt {
  const outcome = refused ? 'refused' : 'accepted';
  const refusing = lints.filter(({ severity }) => severity === 'error');
  const shown = [...refusing, ...lints.filter((lint) => !refusing.includes(lint))].slice(0, MOST_RECEIPT_LINTS);
  return { file, outcome, before: versionsOf(old), after: versionsOf(running), lints: shown };
}

function versionsOf(file: CompiledFile | null): readonly RunningVersion[] {
  return (file?.mappings ?? []).map(({ id, version }) => ({ id, version }));
}

function versionMark(file: CompiledFile | null): string {
  return JSON.stringify(versionsOf(file));
}
