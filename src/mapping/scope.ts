import type { EndpointCatalogue } from '../ports/destination.ts';
import type { EventCatalogue } from '../ports/source.ts';
import type { FormulaChecker, MappingSight } from '../ports/transform-engine.ts';
import type { CompileMemory, ShapeCheck } from './compile-memory.ts';
import type { Findings } from './findings.ts';

/** What mappings are checked against. */
export interface MappingContext {
  /** The configured sources, by id. */
  readonly sources: ReadonlyMap<string, EventCatalogue>;
  /** The configured destinations, by id. */
  readonly destinations: ReadonlyMap<string, EndpointCatalogue>;
  readonly checker: FormulaChecker;
  /** What was compiled in this context before, for whoever compiles again and again; left out = nothing is kept. */
  readonly memory?: CompileMemory;
}

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
