import type { Mapping } from '../../core/mapping.ts';
import type { DeliveryDetail } from '../../ports/log.ts';
import type { FormulaValue, TransformResult } from '../../ports/transform-engine.ts';
import { draftsOf, jobOf, type ShapeTools } from '../route/shape.ts';

/** What each formula of a delivery's mapping yielded. */
export interface Explanation {
  /** In the order they ran; as far as they ran. */
  readonly formulas: readonly FormulaValue[];
  /** One line when values are missing or do not speak for the frozen request; null when they do. */
  readonly remark: string | null;
}

/** What explaining needs: the look-ups are the delivery's own. */
export type ExplainTools = Omit<ShapeTools, 'facts'>;

/**
 * Runs the mapping that made a delivery again over the stored event and the facts of then, and says what each formula
 * yields. Pure; a difference to the frozen request is a remark, since then something else has changed: the endpoint's
 * rules, or `mappings.memberId`.
 */
export async function explainDelivery(
  detail: DeliveryDetail,
  mapping: Mapping,
  tools: ExplainTools,
): Promise<Explanation> {
  const { sourceEvent: event, lookups } = detail;
  const job = { ...jobOf(event, mapping, tools.memberIdKind), lookups, trace: true };
  const [result] = await tools.engine.run([job]);
  if (!result) return { formulas: [], remark: 'The engine gave no result' };
  return { formulas: formulasOf(result, detail.part), remark: remarkOn(result, detail, mapping, tools) };
}

/** The values of one part; `when` and `each` ran once, for all of them. */
export function formulasOf(result: TransformResult, part: number): readonly FormulaValue[] {
  if (result.kind === 'skipped') return result.values;
  if (result.kind !== 'parts') return [];
  const [first, own] = [result.parts[0], result.parts[part]];
  const shared = part === 0 || first?.kind !== 'request' ? [] : first.values.filter(isShared);
  return [...shared, ...(own?.kind === 'request' ? own.values : [])];
}

function isShared({ path }: FormulaValue): boolean {
  return path === 'when' || path === 'each';
}

function remarkOn(
  result: TransformResult,
  detail: DeliveryDetail,
  mapping: Mapping,
  tools: ExplainTools,
): string | null {
  if (result.kind === 'needs' || result.kind === 'missing') {
    return `It recalls what was not known: ${result.facts.map(({ kind, key }) => `${kind} ${key}`).join(', ')}`;
  }
  if (result.kind === 'failed') return `${result.path ?? mapping.id}: ${result.code} ${result.message}`;
  const { sourceEvent: event, lookups, part } = detail;
  const shaping = { event, mapping, run: detail.run, waitingSinceMs: event.clockMs, nowMs: event.clockMs };
  const draft = draftsOf(shaping, { result, lookups }, tools)[part];
  if (draft?.status === 'dead') return `${draft.code}: ${draft.detail}`;
  if ((draft?.request ?? null) === detail.request) return null;
  return 'Run today, the formulas make another request than the one that was frozen then';
}
