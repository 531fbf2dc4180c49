/** Where a setting stands: keys and list indexes from the root. */
export type Path = readonly (string | number)[];

/** The JSON pointer of a path (RFC 6901). */
export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The keys of a JSON pointer; those of lists come back as text. */
export function keysOf(pointer: string): readonly string[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A path as people write it: `api.tokens[0].name`. */
export function shownPath(pointer: string): string {
  const shown = keysOf(pointer).map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`));
  return shown.join('').replace(/^\./, '');
}
