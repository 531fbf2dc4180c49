/** Whether an identifier (`tenant/kind:value`) is `wanted`: whole, without its tenant, or without tenant and kind. */
export function isKnownAs(identifier: string, wanted: string): boolean {
  return formsOf(identifier).some(({ text }) => text === wanted || text === wanted.toLowerCase());
}

/** Whether `q` starts one of the identifier's forms and reaches into its value: a tenant alone finds nobody. */
export function startsIdentifier(identifier: string, q: string): boolean {
  return formsOf(identifier).some(({ text, valueAt }) =>
    [q, q.toLowerCase()].some((start) => start.length > valueAt && text.startsWith(start)),
  );
}

interface Form {
  readonly text: string;
  /** Where the value begins, after tenant and kind. */
  readonly valueAt: number;
}

/** The tenant ends at the first slash, the kind at the first colon after it; a slash behind a colon is no tenant's. */
function formsOf(identifier: string): readonly Form[] {
  const tenant = /^[^/:]*\//.exec(identifier)?.[0] ?? '';
  const rest = identifier.slice(tenant.length);
  const kind = /^[^:]*:/.exec(rest)?.[0] ?? '';
  return [
    { text: identifier, valueAt: tenant.length + kind.length },
    { text: rest, valueAt: kind.length },
    { text: rest.slice(kind.length), valueAt: 0 },
  ];
}
