import { hasErrors, type Lint } from '../core/lint.ts';
import { type RuleSet, ruleSetOf } from '../core/rule-set.ts';
import { type CompiledFile, compileMappings, type MappingContext, type MappingSourceFile } from '../mapping/compile.ts';
import type { Clock } from '../ports/clock.ts';
import type { MappingFile, Store } from '../ports/store.ts';
import { lintsOf, runMappingTests, type TestTools } from './mapping-tests.ts';

/** What checking mapping files needs. */
export interface CheckTools extends TestTools {
  readonly context: MappingContext;
}

/** What loading the live rule set needs. */
export interface LoadTools extends CheckTools {
  readonly store: Pick<Store, 'lastGoodFiles' | 'recordLoad' | 'rememberMappings'>;
  readonly clock: Clock;
}

/** A loaded rule set and what was refused on the way. */
export interface LoadedRules {
  readonly ruleSet: RuleSet;
  readonly lints: readonly Lint[];
  /** Files that were refused and run with their last good text. */
  readonly keptOld: readonly string[];
  /** Files that were refused and have no good text to run with. */
  readonly refused: readonly string[];
}

/** Compiles files and runs their tests; a failing test refuses its file like any other error. */
export async function checkMappings(
  files: readonly MappingSourceFile[],
  tools: CheckTools,
): Promise<readonly CompiledFile[]> {
  const compiled = compileMappings(files, tools.context);
  const reports = await runMappingTests(
    compiled.flatMap((file) => file.mappings),
    tools,
  );
  const failures = Map.groupBy(lintsOf(reports), (lint) => lint.file);
  return compiled.map((file) => {
    const found = failures.get(file.file) ?? [];
    return found.length === 0 ? file : { ...file, mappings: [], lints: [...file.lints, ...found] };
  });
}

/**
 * Builds the rule set from these files. A refused file keeps only its own last good text, which the store remembers;
 * the load leaves a receipt.
 */
export async function loadRules(files: readonly MappingSourceFile[], tools: LoadTools): Promise<LoadedRules> {
  const startedAtMs = tools.clock.now();
  const checked = await checkMappings(files, tools);
  const bad = checked.filter((file) => hasErrors(file.lints)).map((file) => file.file);
  const old = (await tools.store.lastGoodFiles()).filter((file) => bad.includes(file.file));
  const live = bad.length === 0 ? checked : await checkMappings(replaced(files, bad, old), tools);
  const good = live.filter((file) => file.mappings.length > 0);
  const mappings = good.flatMap((file) => file.mappings);
  const keptOld = old.map(({ file }) => file).filter((file) => good.some((one) => one.file === file));
  const refused = bad.filter((file) => !keptOld.includes(file));
  await tools.store.rememberMappings(mappings, startedAtMs);
  await tools.store.recordLoad(
    good.map(({ file, text }) => ({ file, text })),
    {
      atMs: startedAtMs,
      outcome: bad.length === 0 ? 'accepted' : good.length === 0 ? 'refused' : 'partly',
      durationMs: tools.clock.now() - startedAtMs,
      detail: JSON.stringify(checked.map((file) => receiptLine(file, bad.includes(file.file)))),
    },
  );
  return { ruleSet: ruleSetOf(mappings), lints: checked.flatMap((file) => file.lints), keptOld, refused };
}

function replaced(
  files: readonly MappingSourceFile[],
  bad: readonly string[],
  old: readonly MappingFile[],
): readonly MappingSourceFile[] {
  const kept = files.filter(({ file }) => !bad.includes(file));
  const bytes = (text: string) => new TextEncoder().encode(text);
  return [...kept, ...old.map(({ file, text }) => ({ file, bytes: bytes(text) }))];
}

function receiptLine({ file, mappings, lints }: CompiledFile, refused: boolean) {
  const versions = mappings.map(({ id, version }) => ({ id, version }));
  return { file, outcome: refused ? 'refused' : 'accepted', versions, lints };
}
