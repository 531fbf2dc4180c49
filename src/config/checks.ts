import { destinationFaults } from './destination-checks.ts';
import type { Fault } from './fault.ts';
import { pointerOf } from './path.ts';
import type { RawConfig, RawSource } from './raw.ts';
import { faultAt, placeOf, type Settings } from './settings.ts';

/** Checks what no single setting can say alone: settings against each other. */
export function crossChecks(raw: RawConfig, settings: Settings): readonly Fault[] {
  return [
    ...repeated(raw, 'name', settings),
    ...repeated(raw, 'token', settings),
    ...Object.entries(raw.sources).flatMap(([id, source]) => sourceFaults(id, source, settings)),
    ...Object.entries(raw.destinations).flatMap(([id, destination]) => destinationFaults(id, destination, settings)),
  ];
}

/** Names tell users apart in the log, tokens at the door: neither may occur twice. */
function repeated(raw: RawConfig, field: 'name' | 'token', settings: Settings): readonly Fault[] {
  const seen = new Set<string>();
  return raw.api.tokens.flatMap((token, index) => {
    const path = ['api', 'tokens', index, field];
    const { placeholder } = placeOf(settings, pointerOf(path));
    const known = seen.has(token[field]) && !placeholder;
    if (!placeholder) seen.add(token[field]);
    return known ? [faultAt(path, settings, 'CONFIG_INVALID', `api.tokens has the same ${field} twice`)] : [];
  });
}

function sourceFaults(id: string, { verify, api }: RawSource, settings: Settings): readonly Fault[] {
  const faults: Fault[] = [];
  if (Array.isArray(verify) && verify.length > 1 && verify.some((kind) => kind.type === 'none')) {
    const message = `sources.${id}.verify lists none next to others, which lets every request in`;
    faults.push(faultAt(['sources', id, 'verify'], settings, 'CONFIG_INSECURE', message));
  }
  const known = (['url', 'token'] as const).every((key) => !placeOf(settings, `/sources/${id}/api/${key}`).placeholder);
  if (known && (api.url === '') !== (api.token === '')) {
    const message = `sources.${id}.api needs both url and token, or neither`;
    faults.push(faultAt(['sources', id, 'api'], settings, 'CONFIG_INVALID', message));
  }
  return faults;
}
