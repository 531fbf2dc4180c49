import type { Mapping } from '../core/mapping.ts';
import { compileMappings, type MappingContext } from '../mapping/compile.ts';
import { type ExplainTools, type Explanation, explainDelivery } from '../pipeline/compare/explain.ts';
import type { DeliveryDetail } from '../ports/log.ts';

/** Explains a delivery by the mapping text of its own version, as the store kept it; the remark says why it cannot. */
export async function explainStored(
  detail: DeliveryDetail,
  tools: ExplainTools & { readonly context: MappingContext },
): Promise<Explanation> {
  const mapping = storedMapping(detail, tools.context);
  return typeof mapping === 'string' ? { formulas: [], remark: mapping } : explainDelivery(detail, mapping, tools);
}

/** The mapping, or why it is not to be had. */
function storedMapping(detail: DeliveryDetail, context: MappingContext): Mapping | string {
  const { mapping: id, mappingText: text, mappingFile } = detail;
  if (text === null) return 'The text of this version is not stored';
  // A text without an id has the name of its file; a later document of a file always has its own.
  const file = mappingFile ?? `${id}.yaml`;
  const [compiled] = compileMappings([{ file, bytes: new TextEncoder().encode(text) }], context);
  const found = compiled?.mappings.find((mapping) => mapping.id === id);
  if (found) return { ...found, version: detail.mappingVersion };
  const fault = compiled?.lints.find(({ severity }) => severity === 'error');
  return `Its text does not hold today: ${fault ? `${fault.code} ${fault.message}` : `it makes no mapping ${id}`}`;
}
