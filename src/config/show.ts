import { stringify } from 'yaml';
import { type Path, pointerOf } from './path.ts';
import type { RawConfig } from './raw.ts';
import { isSecretAt } from './schema.ts';
import type { Settings } from './settings.ts';

const MASK = '********';

/** The effective settings as YAML: defaults filled in, references replaced, secrets masked. What missed is shown as written. */
export function shownConfig(raw: RawConfig, settings: Settings): string {
  return stringify(shown(raw, [], settings), { lineWidth: 0 });
}

function shown(value: unknown, path: Path, settings: Settings): unknown {
  if (Array.isArray(value)) return value.map((item, index) => shown(item, [...path, index], settings));
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => [key, shown(member, [...path, key], settings)]);
    return Object.fromEntries(members);
  }
  if (isSecretAt(path)) return value === '' ? '' : MASK;
  const place = settings.places.get(pointerOf(path));
  return place?.placeholder ? place.reference : value;
}
