import type { Config, DestinationConfig, SourceConfig } from '../config/config.ts';
import { createBloomreach } from '../destinations/bloomreach/destination.ts';
import { bloomreachEndpoints } from '../destinations/bloomreach/endpoints.ts';
import type { MappingContext } from '../mapping/compile.ts';
import type { Clock } from '../ports/clock.ts';
import type { Destination, EndpointCatalogue } from '../ports/destination.ts';
import type { Source } from '../ports/source.ts';
import { createOpenLoyaltySource } from '../sources/open-loyalty/source.ts';
import { createFormulaChecker } from '../transform/formula-checker.ts';

/** The configured sources by id. */
export function sourcesOf(config: Pick<Config, 'sources'>): ReadonlyMap<string, Source> {
  return mapValues(config.sources, (source: SourceConfig) => createOpenLoyaltySource(source));
}

/** The configured destinations by id, ready to send. */
export function destinationsOf(config: Pick<Config, 'destinations'>, clock: Clock): ReadonlyMap<string, Destination> {
  return mapValues(config.destinations, (destination: DestinationConfig) => createBloomreach(destination, clock));
}

/** What mappings are checked against: needs no secrets and opens no connection. */
export function mappingContextOf(config: Pick<Config, 'sources' | 'destinations'>): MappingContext {
  const catalogue: EndpointCatalogue = { endpoints: bloomreachEndpoints };
  return {
    sources: mapValues(sourcesOf(config), (source) => source.catalogue),
    destinations: mapValues(config.destinations, () => catalogue),
    checker: createFormulaChecker(),
  };
}

function mapValues<Key, From, To>(map: ReadonlyMap<Key, From>, change: (value: From) => To): ReadonlyMap<Key, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
