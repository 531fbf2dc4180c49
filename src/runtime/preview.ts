import type { Lookup } from '../core/delivery.ts';
import type { StoredEvent } from '../core/event.ts';
import { publicId } from '../core/id.ts';
import type { Json } from '../core/json.ts';
import type { Mapping } from '../core/mapping.ts';
import { formulasOf } from '../pipeline/compare/explain.ts';
import { type RecalledResult, runRecalling } from '../pipeline/route/recall.ts';
import { draftsOf, jobOf, type ShapeTools } from '../pipeline/route/shape.ts';
import type { FormulaValue, TransformJob } from '../ports/transform-engine.ts';
import { outcomeOf } from './mapping-tests.ts';

/** An event to look at, with the facts known for it. */
export interface PreviewSubject {
  readonly event: StoredEvent;
  readonly lookups: readonly Lookup[];
}

/** What a mapping would send for an event. */
export interface Preview extends PreviewSubject {
  readonly outcome: ReturnType<typeof outcomeOf>;
  /** Key paths whose formulas yielded nothing, per request. */
  readonly emptyKeys: readonly (readonly string[])[];
  /** Each formula's value, per request; of `when` and `each` alone where there is none. */
  readonly values: readonly (readonly FormulaValue[])[];
  /** How long the formulas take once they run regularly, in ms. */
  readonly durationMs: number;
}

/** Later runs that the time is taken of, unless the first one was slow. */
const MEASURED_RUNS = 50;
const SLOW_MS = 300;

/** Runs a mapping over one event; `facts` answers what the subject does not know. */
export async function previewMapping(mapping: Mapping, subject: PreviewSubject, tools: ShapeTools): Promise<Preview> {
  const { event } = subject;
  const job = { ...jobOf(event, mapping, tools.memberIdKind), lookups: subject.lookups, trace: true };
  const startedMs = performance.now();
  const [recalled] = await runRecalling([job], tools);
  const firstMs = performance.now() - startedMs;
  const shaping = { event, mapping, run: 0, waitingSinceMs: event.clockMs, nowMs: event.clockMs };
  const drafts = recalled ? draftsOf(shaping, recalled, tools) : [];
  return {
    event,
    lookups: recalled?.lookups ?? [],
    outcome: outcomeOf(drafts),
    emptyKeys: drafts.map(({ emptyKeys }) => emptyKeys),
    values: drafts.map(({ part }) => (recalled ? formulasOf(recalled.result, part) : [])),
    durationMs:
      !recalled || recalled.result.kind === 'failed' ? firstMs : await laterRuns(job, recalled, firstMs, tools),
  };
}

/** A preview as JSON shows it; an event that is not stored has no id. */
export function previewView(preview: Preview & { readonly mapping: string }) {
  const { mapping, event, lookups, outcome, emptyKeys, values, durationMs } = preview;
  const { id, name, source, storeCode, member, clockMs, body } = event;
  return {
    mapping,
    event: {
      id: id === 0 ? null : publicId('evt', id),
      event: name,
      source,
      storeCode,
      member,
      createdAt: new Date(clockMs).toISOString(),
      body: JSON.parse(body) as Json,
    },
    lookups,
    outcome,
    emptyKeys,
    values: values.map((formulas) => formulas.map(({ inline, ...shown }) => ({ ...shown, runs: wayOf(inline) }))),
    durationMs,
  };
}

/** Which way a formula runs, in a word. A job goes inline only where all formulas of its mapping do. */
export function wayOf(inline: boolean): 'inline' | 'worker' {
  return inline ? 'inline' : 'worker';
}

/** The first run pays for starting the thread and compiling the formulas, which a server does once. */
async function laterRuns(
  job: TransformJob,
  { lookups }: Pick<RecalledResult, 'lookups'>,
  firstMs: number,
  { engine }: Pick<ShapeTools, 'engine'>,
): Promise<number> {
  const runs = firstMs > SLOW_MS ? 1 : MEASURED_RUNS;
  const startedMs = performance.now();
  await engine.run(Array.from({ length: runs }, () => ({ ...job, lookups, trace: false })));
  return (performance.now() - startedMs) / runs;
}
