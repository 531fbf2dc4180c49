/** One `${…}`. */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string; readonly fallback: Fallback | null }
  | { readonly kind: 'file'; readonly path: string };

/** What `:-` or `:?` says about a variable that is unset or empty. */
interface Fallback {
  readonly kind: 'default' | 'message';
  readonly text: string;
}

/** What a reference stands for, or why it stands for nothing: one line, never a secret. */
export type Resolved = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** A reference that stands for nothing. */
export interface Miss {
  /** The reference as written. */
  readonly written: string;
  readonly code: 'CONFIG_UNRESOLVED' | 'CONFIG_INVALID';
  readonly message: string;
}

/** A text with its references replaced; those that missed are left out. */
export interface Interpolated {
  readonly text: string;
  readonly misses: readonly Miss[];
}

const NESTED = 'A reference cannot hold another; give the inner one a variable of its own';
const UNCLOSED = 'A reference is never closed; add }, or write $${ where ${ itself is meant';
const MALFORMED =
  'This is no reference; write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:/path}, and $${ for ${ itself';

/** True when the text holds a reference or an escaped one. */
export function hasReferences(text: string): boolean {
  return text.includes('${');
}

/**
 * Replaces `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${file:/path}`, and `$${` by `${`, in one pass: what a
 * reference stands for is never read again, whatever it contains. Pure but for `resolve`.
 */
export function interpolate(text: string, resolve: (reference: Reference) => Resolved): Interpolated {
  const misses: Miss[] = [];
  const replaced = text.replace(/\$\$\{|\$\{([^}]*)\}|\$\{/g, (written: string, inner: string | undefined) => {
    if (written === '$${') return '${';
    const reference = inner === undefined ? UNCLOSED : readReference(inner);
    if (typeof reference === 'string') {
      misses.push({ written, code: 'CONFIG_INVALID', message: reference });
      return '';
    }
    const resolved = resolve(reference);
    if (resolved.ok) return resolved.text;
    misses.push({ written, code: 'CONFIG_UNRESOLVED', message: resolved.message });
    return '';
  });
  return { text: replaced, misses };
}

/** The reference between the braces, or what is wrong with it. */
function readReference(inner: string): Reference | string {
  if (inner.includes('${')) return NESTED;
  const path = /^file:(.+)$/s.exec(inner)?.[1];
  if (path !== undefined) return { kind: 'file', path };
  const [, name, operator, text = ''] = /^([A-Za-z_][A-Za-z0-9_]*)(?::([-?])(.*))?$/s.exec(inner) ?? [];
  if (name === undefined) return MALFORMED;
  if (operator === undefined) return { kind: 'variable', name, fallback: null };
  return { kind: 'variable', name, fallback: { kind: operator === '-' ? 'default' : 'message', text } };
}
