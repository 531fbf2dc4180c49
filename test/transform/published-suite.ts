import { existsSync, readFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../src/core/json.ts';

/** A case of JSONata's published test suite. */
export interface SuiteCase {
  readonly id: string;
  readonly expr?: string;
  readonly data?: Json;
  readonly dataset?: string | null;
  readonly bindings?: JsonObject;
  readonly result?: Json;
  readonly code?: string;
  readonly error?: unknown;
  readonly timelimit?: number;
}

interface Suite {
  readonly datasets: Readonly<Record<string, Json>>;
  readonly groups: Readonly<Record<string, readonly SuiteCase[]>>;
}

const FILE = '../shared/data/jsonata/test-suite.json';

/** Whether the suite lies beside the checkout; it is not in it. */
export const HAS_SUITE = existsSync(FILE);

/** JSONata's published test suite; empty where it is not at hand. */
export const suite: Suite = HAS_SUITE ? JSON.parse(readFileSync(FILE, 'utf8')) : { datasets: {}, groups: {} };
