import type { Config, DestinationConfig, SourceConfig } from '../config/config.ts';
import { PointsmanError } from '../core/errors.ts';
import { createBloomreach } from '../destinations/bloomreach/destination.ts';
import { bloomreachEndpoints } from '../destinations/bloomreach/endpoints.ts';
import { createHttp } from '../destinations/http/destination.ts';
import { httpEndpoints } from '../destinations/http/endpoints.ts';
import { createMemory, type MappingContext } from '../mapping/compile.ts';
import type { Clock } from '../ports/clock.ts';
import type { Destination, EndpointCatalogue } from '../ports/destination.ts';
import type { Seeder } from '../ports/seeder.ts';
import type { Source } from '../ports/source.ts';
import type { RestSettings } from '../sources/open-loyalty/rest-client.ts';
import { createOpenLoyaltySeeder } from '../sources/open-loyalty/seeder.ts';
import { createOpenLoyaltySource } from '../sources/open-loyalty/source.ts';
import { createFormulaChecker } from '../transform/formula-checker.ts';

/** The configured sources by id. */
export function sourcesOf(config: Pick<Config, 'sources'>): ReadonlyMap<string, Source> {
  return mapValues(config.sources, (source: SourceConfig) => createOpenLoyaltySource(source));
}

/** How a loyalty engine's own API is read. */
export type SeederOptions = Pick<RestSettings, 'ratePerSecond' | 'clock' | 'signal' | 'onRetry'>;

const API_TIMEOUT_MS = 30_000;
/** With the waits in between, about a minute. */
const API_RETRIES = 6;

/** Reads a source's own API, opening no connection yet. Throws `CONFIG_INVALID` when the config does not name it. */
export function seederOf({ id, api }: SourceConfig, options: SeederOptions): Seeder {
  if (api === null) {
    throw new PointsmanError('CONFIG_INVALID', `sources.${id}.api has no url and no token: members cannot be read`);
  }
  return createOpenLoyaltySeeder({ ...api, ...options, timeoutMs: API_TIMEOUT_MS, retries: API_RETRIES });
}

/** The configured destinations by id, ready to send. */
export function destinationsOf(config: Pick<Config, 'destinations'>, clock: Clock): ReadonlyMap<string, Destination> {
  return mapValues(config.destinations, (destination: DestinationConfig) => {
    return destination.type === 'http' ? createHttp(destination, clock) : createBloomreach(destination, clock);
  });
}

/** What mappings are checked against: needs no secrets and opens no connection. */
export function mappingContextOf(config: Pick<Config, 'sources' | 'destinations'>): MappingContext {
  return {
    sources: mapValues(sourcesOf(config), (source) => source.catalogue),
    destinations: mapValues(config.destinations, catalogueOf),
    checker: createFormulaChecker(),
    memory: createMemory(),
  };
}

function catalogueOf(destination: DestinationConfig): EndpointCatalogue {
  if (destination.type === 'bloomreach') return { endpoints: bloomreachEndpoints };
  return { endpoints: httpEndpoints(destination.id, destination.endpoints) };
}

function mapValues<Key, From, To>(map: ReadonlyMap<Key, From>, change: (value: From) => To): ReadonlyMap<Key, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
