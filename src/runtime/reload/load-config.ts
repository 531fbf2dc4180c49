import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../config/config.ts';
import { PointsmanError } from '../../core/errors.ts';
import type { Lint } from '../../core/lint.ts';
import { type ConfigReceipt, MOST_RECEIPT_LINTS } from '../../core/receipt.ts';
import type { MappingContext } from '../../mapping/compile.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Destination } from '../../ports/destination.ts';
import type { Source } from '../../ports/source.ts';
import { readConfigFile } from '../config-file.ts';
import { destinationsOf, mappingContextOf, sourcesOf } from '../registry.ts';

/** A config and the systems built from it. */
export interface Systems {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, Source>;
  readonly destinations: ReadonlyMap<string, Destination>;
  /** Another object whenever mappings must be checked anew. */
  readonly context: MappingContext;
}

/** What reading a config again came to. */
export interface LoadedSystems {
  /** Those in force when the config is refused or the same. */
  readonly next: Systems;
  /** Null when nothing changed. */
  readonly receipt: ConfigReceipt | null;
  /** Files besides the config that its values come from, by path. */
  readonly secretFiles: readonly string[];
}

/** What is compared, in the words of the config; `live` = a reload applies it. */
const SETTINGS: readonly (readonly [name: string, live: boolean, of: (config: Config) => unknown])[] = [
  ['server.bodyLimit', true, ({ server }) => server.bodyLimitBytes],
  ['api.tokens', true, ({ api }) => api.tokens],
  ['redact', true, ({ redact }) => redact],
  ['server.host', false, ({ server }) => server.host],
  ['server.port', false, ({ server }) => server.port],
  ['store.url', false, ({ store }) => store.path],
  ['store.retention', false, ({ store }) => store.retentionMs],
  ['mappings', false, ({ mappings }) => mappings],
  ['transform', false, ({ transform }) => transform],
];

/** Builds the systems of a config. */
export function systemsOf(config: Config, clock: Clock): Systems {
  const { sources, destinations } = config;
  return {
    config,
    sources: sourcesOf(config),
    destinations: destinationsOf({ destinations }, clock),
    context: mappingContextOf({ sources, destinations }),
  };
}

/**
 * Reads the config again and builds what changed in it beside what is in force; what did not change is the same
 * object. A config with any fault is refused as a whole. Never throws.
 */
export function loadSystems(file: string, inForce: Systems, clock: Clock): LoadedSystems {
  try {
    const read = readConfigFile(file, 'error');
    const { lints, secretFiles } = read;
    if (!read.ok) return { next: inForce, receipt: refusal(lints), secretFiles };
    const next = systemsAfter(read.config, inForce, clock);
    return { next, receipt: receiptOf(inForce.config, read.config, lints), secretFiles };
  } catch (error) {
    if (!(error instanceof PointsmanError)) throw error;
    const { code, message, remedy } = error;
    const lint: Lint = { file, line: 1, column: 1, severity: 'error', code, message, remedy };
    return { next: inForce, receipt: refusal([lint]), secretFiles: [] };
  }
}

/** The destinations of `all` that `kept` has not: to be closed when nothing is in flight to them. */
export function destinationsGone(all: Systems, kept: Systems): readonly Destination[] {
  return [...all.destinations.values()].filter((one) => kept.destinations.get(one.id) !== one);
}

function systemsAfter(config: Config, inForce: Systems, clock: Clock): Systems {
  const changedSources = changed(inForce.config.sources, config.sources);
  const changedDestinations = changed(inForce.config.destinations, config.destinations);
  const sources = sourcesOf({ sources: only(config.sources, changedSources) });
  const destinations = destinationsOf({ destinations: only(config.destinations, changedDestinations) }, clock);
  const isSameContext =
    sameEntries(inForce.config.sources, config.sources) &&
    sameEntries(inForce.config.destinations, config.destinations);
  return {
    config: withRestartSettings(config, inForce.config),
    sources: merged(config.sources, sources, inForce.sources),
    destinations: merged(config.destinations, destinations, inForce.destinations),
    context: isSameContext ? inForce.context : mappingContextOf(config),
  };
}

/** What a restart is needed for stays as it is. */
function withRestartSettings(config: Config, { server, store, mappings, transform }: Config): Config {
  const { bodyLimitBytes } = config.server;
  return { ...config, server: { ...server, bodyLimitBytes }, store, mappings, transform };
}

function receiptOf(before: Config, after: Config, lints: readonly Lint[]): ConfigReceipt | null {
  const different = SETTINGS.filter(([, , of]) => !isDeepStrictEqual(of(before), of(withFreePort(after, before))));
  const entries = (['sources', 'destinations'] as const).flatMap((kind) =>
    touched(before[kind], after[kind]).map((id) => `${kind}.${id}`),
  );
  const applied = [...entries, ...different.filter(([, live]) => live).map(([name]) => name)];
  const needsRestart = different.filter(([, live]) => !live).map(([name]) => name);
  if (applied.length + needsRestart.length === 0) return null;
  return { outcome: 'accepted', applied, needsRestart, lints: lints.slice(0, MOST_RECEIPT_LINTS) };
}

/** Whoever asked for any free port may write down which one it is. */
function withFreePort(after: Config, { server: { port } }: Config): Config {
  return port === 0 ? { ...after, server: { ...after.server, port } } : after;
}

function refusal(lints: readonly Lint[]): ConfigReceipt {
  return { outcome: 'refused', applied: [], needsRestart: [], lints: lints.slice(0, MOST_RECEIPT_LINTS) };
}

type Entries = ReadonlyMap<string, { readonly type: string }>;

/** Ids that are new or whose settings differ. */
function changed(before: Entries, after: Entries): readonly string[] {
  return [...after.keys()].filter((id) => !isDeepStrictEqual(before.get(id), after.get(id)));
}

/** Ids that are new, differ or are gone. */
function touched(before: Entries, after: Entries): readonly string[] {
  return [...changed(before, after), ...[...before.keys()].filter((id) => !after.has(id))];
}

/** Whether mappings see the same: ids and types. */
function sameEntries(before: Entries, after: Entries): boolean {
  const types = (entries: Entries) => [...entries].map(([id, { type }]) => `${id} ${type}`).sort();
  return isDeepStrictEqual(types(before), types(after));
}

function only<Value>(map: ReadonlyMap<string, Value>, ids: readonly string[]): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([id]) => ids.includes(id)));
}

/** In the order of the config: the new where there is one, else the old. */
function merged<Value>(
  order: ReadonlyMap<string, unknown>,
  fresh: ReadonlyMap<string, Value>,
  old: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const pick = (id: string): readonly (readonly [string, Value])[] => {
    const value = fresh.get(id) ?? old.get(id);
    return value === undefined ? [] : [[id, value]];
  };
  return new Map([...order.keys()].flatMap(pick));
}
