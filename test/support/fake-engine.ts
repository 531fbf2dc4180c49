import type { JsonObject } from '../../src/core/json.ts';
import type {
  TransformEngine,
  TransformJob,
  TransformPart,
  TransformResult,
} from '../../src/ports/transform-engine.ts';

/** What one job comes to. */
export type FakeTransform = (job: TransformJob) => TransformResult | Promise<TransformResult>;

/** An engine that runs a test's function and keeps the jobs. */
export interface FakeEngine extends TransformEngine {
  readonly jobs: readonly TransformJob[];
  /** Replaces the function. */
  use(transform: FakeTransform): void;
}

/** Builds an engine; unless told otherwise, every job makes one request that holds the event's body. */
export function createFakeEngine(first: FakeTransform = asItIs): FakeEngine {
  let transform = first;
  const jobs: TransformJob[] = [];
  return {
    jobs,
    use: (other) => {
      transform = other;
    },
    runInline: () => null,
    run(chunk) {
      jobs.push(...chunk);
      return Promise.all(chunk.map((job) => transform(job)));
    },
    close: async () => {},
  };
}

/** The body of a job's event. */
export function bodyOf(job: TransformJob): JsonObject {
  return JSON.parse(job.input.body) as JsonObject;
}

/** A result of one or more requests. */
export function requests(...all: readonly JsonObject[]): TransformResult {
  return { kind: 'parts', parts: all.map((request) => requestPart(request)) };
}

/** One request that a job made. */
export function requestPart(request: JsonObject, member: string | null = null): TransformPart {
  return { kind: 'request', request, emptyKeys: [], member, values: [] };
}

function asItIs(job: TransformJob): TransformResult {
  return requests(bodyOf(job));
}
