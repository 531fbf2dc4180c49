import type { Mapping } from '../core/mapping.ts';
import { ruleSetOf } from '../core/rule-set.ts';
import { type CompiledFile, compileMappings, type MappingContext } from '../mapping/compile.ts';
import type { Sides } from '../pipeline/compare/compare.ts';
import type { MappingFile } from '../ports/log.ts';

/** Edited files to hold against the live ones. */
export interface EditedFiles {
  readonly compiled: readonly CompiledFile[];
  /** Whether they are all there is: a live mapping that none of them holds is then gone. */
  readonly complete: boolean;
}

/** Both sides of a diff; with some files only, the mappings that these files are about. */
export function sidesOf(liveFiles: readonly MappingFile[], edited: EditedFiles, context: MappingContext): Sides {
  const live = compileLive(liveFiles, context);
  const mappings = edited.compiled.flatMap((file) => file.mappings);
  if (edited.complete) return { live: ruleSetOf(live), edited: ruleSetOf(mappings) };
  const ids = new Set(mappings.map(({ id }) => id));
  const files = new Set(edited.compiled.map(({ file }) => file));
  const touched = live.filter(({ id, file }) => ids.has(id) || files.has(file));
  return { live: ruleSetOf(touched), edited: ruleSetOf(mappings) };
}

/** The mappings of the last good files; a file that today's config refuses does nothing. */
export function compileLive(files: readonly MappingFile[], context: MappingContext): readonly Mapping[] {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return compileMappings(
    files.map(({ file, text }) => ({ file, bytes: bytes(text) })),
    context,
  ).flatMap(({ mappings }) => mappings);
}
