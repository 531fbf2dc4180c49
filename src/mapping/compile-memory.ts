import type { Mapping } from '../core/mapping.ts';
import type { Endpoint } from '../ports/destination.ts';
import type { Findings } from './findings.ts';
import type { YamlEntry } from './yaml-node.ts';

/**
 * Holds a template against its endpoint's schema, as far as it is fixed: what formulas yield is not known yet.
 * `address` is how messages call the endpoint.
 */
export type ShapeCheck = (transform: YamlEntry, endpoint: Endpoint, address: string, findings: Findings) => void;

/** A mapping's id and where it is written, to find repeated ones. */
export interface ReadId {
  readonly id: string;
  readonly offset: number;
}

/** What reading one document came to; null parts have left findings. */
export interface ReadMapping {
  readonly id: ReadId | null;
  readonly mapping: Mapping | null;
}

/** What reading one file came to, whatever other files there are. */
export interface ReadFile {
  readonly file: string;
  /** LF, no BOM; empty when the file is no text. */
  readonly text: string;
  readonly findings: Findings;
  readonly documents: readonly ReadMapping[];
}

/** What was read before: files whose text is the same need not be read again. Belongs to one context. */
export interface CompileMemory {
  readonly checkShape: ShapeCheck;
  readonly files: Map<string, ReadFile>;
}
