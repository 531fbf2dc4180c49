import type { Endpoint, EndpointCatalogue } from '../ports/destination.ts';
import type { EventCatalogue } from '../ports/source.ts';
import type { FormulaChecker, MappingSight } from '../ports/transform-engine.ts';
import type { Findings } from './findings.ts';
import type { YamlEntry } from './yaml-node.ts';

/** What mappings are checked against. */
export interface MappingContext {
  /** The configured sources, by id. */
  readonly sources: ReadonlyMap<string, EventCatalogue>;
  /** The configured destinations, by id. */
  readonly destinations: ReadonlyMap<string, EndpointCatalogue>;
  readonly checker: FormulaChecker;
}

/**
 * Holds a template against its endpoint's schema, as far as it is fixed: what formulas yield is not known yet.
 * `address` is how messages call the endpoint.
 */
export type ShapeCheck = (transform: YamlEntry, endpoint: Endpoint, address: string, findings: Findings) => void;

/** What the readers of one file share. */
export interface Scope extends MappingContext {
  readonly file: string;
  /** The file's text: LF, no BOM. */
  readonly text: string;
  readonly findings: Findings;
  readonly checkShape: ShapeCheck;
}

/** What the readers of one mapping share: its formulas are checked against what they see. */
export interface SightedScope extends Scope {
  readonly sight: MappingSight;
}
