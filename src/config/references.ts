import { resolve as resolvePath } from 'node:path';
import type { Reference, Resolved } from './interpolate.ts';

/** Where references find their values. */
export interface ReferenceSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of files start here. */
  readonly baseDir: string;
  /** The file's content; throws when it cannot be read. */
  readonly readSecretFile: (path: string) => string;
}

/** Looks references up. As in a shell, an empty variable counts as unset for `:-` and `:?`, and as empty without them. */
export function createResolver(sources: ReferenceSources): (reference: Reference) => Resolved {
  return (reference) => {
    return reference.kind === 'file' ? contentOf(reference.path, sources) : variableIn(reference, sources.env);
  };
}

function variableIn(
  { name, fallback }: Extract<Reference, { kind: 'variable' }>,
  env: ReferenceSources['env'],
): Resolved {
  // Own variables only: `${constructor}` names no variable, although every object has one.
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value !== undefined && (value !== '' || fallback === null)) return { ok: true, text: value };
  if (fallback?.kind === 'default') return { ok: true, text: fallback.text };
  const reason = fallback?.text ? `: ${fallback.text}` : '';
  return { ok: false, message: `The variable ${name} is not set${reason}` };
}

/** The content without its last line break, which editors and `echo` add. */
function contentOf(path: string, { baseDir, readSecretFile }: ReferenceSources): Resolved {
  const file = resolvePath(baseDir, path);
  try {
    return { ok: true, text: readSecretFile(file).replace(/\r?\n$/, '') };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { ok: false, message: `The file ${file} cannot be read${reason}` };
  }
}
