import type { Json } from '../../src/core/json.ts';
import type { Formula, Mapping, Template } from '../../src/core/mapping.ts';
import type { TransformInput, TransformJob, TransformPart, TransformResult } from '../../src/ports/transform-engine.ts';
import { runProgram } from '../../src/transform/formula-runner.ts';
import { createGuard } from '../../src/transform/guard.ts';
import { loadLibrary } from '../../src/transform/library.ts';
import { compileFormula, compileProgram } from '../../src/transform/program.ts';

/** 11 February 2026, 09:30:00.123 in Warsaw. */
export const CLOCK_MS = Date.parse('2026-02-11T08:30:00.123Z');

/** A template as a mapping file has it: texts that start with `=` are formulas. */
export type Shape = Json;

export function formula(text: string, path: string): Formula {
  return { text, path, line: 1, column: 1 };
}

/** A mapping with this transform, as the mapping reader would make it. */
export function mappingOf(shape: Shape, over: Partial<Mapping> = {}): Mapping {
  return {
    id: 'probe',
    file: 'probe.yaml',
    version: 'v1',
    text: '',
    description: null,
    enabled: true,
    source: null,
    events: ['*'],
    when: null,
    each: null,
    member: null,
    transform: { kind: 'template', template: templateOf(shape, '') },
    destination: 'bloomreach',
    endpoint: 'event',
    order: 'member',
    mode: 'live',
    onAmbiguous: 'resend',
    retry: {},
    tests: [],
    ...over,
  };
}

/** A mapping whose transform is one expression. */
export function expressionOf(text: string, over: Partial<Mapping> = {}): Mapping {
  return mappingOf({}, { transform: { kind: 'expression', formula: formula(text, 'transform') }, ...over });
}

export function inputOf(body: Json | string, over: Partial<TransformInput> = {}): TransformInput {
  return {
    body: typeof body === 'string' ? body : JSON.stringify(body),
    eventId: 'm-1',
    clockMs: CLOCK_MS,
    source: 'open-loyalty',
    storeCode: 'Germany',
    memberIdKind: 'email',
    ...over,
  };
}

export function jobOf(mapping: Mapping, body: Json | string = {}, over: Partial<TransformJob> = {}): TransformJob {
  return { mapping, input: inputOf(body), lookups: [], trace: false, ...over };
}

/** Runs a job in this thread. */
export async function runHere(job: TransformJob, deadlineMs = 5_000): Promise<TransformResult> {
  const guard = createGuard(deadlineMs);
  const program = compileProgram(job.mapping, (each) => compileFormula(each, guard));
  return runProgram(program, job, { library: loadLibrary(), guard });
}

/** What one formula yields over an event; throws its failure's message. */
export async function yieldOf(text: string, body: Json = {}, over: Partial<TransformInput> = {}): Promise<unknown> {
  const part = partOf(await runHere(jobOf(mappingOf({ value: `=${text}` }), body, { input: inputOf(body, over) })));
  if (part.kind === 'failed') throw new Error(`${part.code}: ${part.message}`);
  return part.request['value'];
}

/** The requests of a result, parsed. */
export function requestsOf(result: TransformResult): unknown[] {
  if (result.kind !== 'parts') throw new Error(`No parts: ${JSON.stringify(result)}`);
  return result.parts.map((part) => (part.kind === 'request' ? part.request : part.code));
}

/** The only part of a result. */
export function partOf(result: TransformResult): TransformPart {
  const [part, more] = result.kind === 'parts' ? result.parts : [];
  if (!part || more) throw new Error(`Not one part: ${JSON.stringify(result)}`);
  return part;
}

function templateOf(shape: Shape, path: string): Template {
  if (typeof shape === 'string' && shape.startsWith('=')) {
    return { kind: 'formula', formula: formula(shape.slice(1), path) };
  }
  if (typeof shape !== 'object' || shape === null) return { kind: 'literal', value: shape };
  if (Array.isArray(shape)) {
    return { kind: 'array', items: shape.map((item, index) => templateOf(item, `${path}[${index}]`)) };
  }
  const entries = Object.entries(shape).map(([key, inner]) => {
    return [key, templateOf(inner, path === '' ? key : `${path}.${key}`)] as const;
  });
  return { kind: 'object', entries };
}
