import { type CompiledFile, compileMappings, type MappingContext, type MappingSourceFile } from '../mapping/compile.ts';
import { lintsOf, runMappingTests, type TestTools } from './mapping-tests.ts';

/** What checking mapping files needs. */
export interface CheckTools extends TestTools {
  readonly context: MappingContext;
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
