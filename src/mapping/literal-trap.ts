import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { MappingSight } from '../ports/transform-engine.ts';
import { withoutBlanks } from './fix-formula.ts';
import type { Scope } from './scope.ts';
import { shown } from './shown.ts';
import type { YamlScalar } from './yaml-node.ts';

const PATH = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;
/** As in Bloomreach's own texts. */
const TEMPLATE = /\{\{\s*([^{}]*?)\s*\}\}/;
const CALL = /^\$\w+(\(.*\)|\.[A-Za-z_])/s;

/** Warns of a value that is sent as it stands though it reads like a formula. */
export function checkLiteral(node: YamlScalar, sight: MappingSight, scope: Pick<Scope, 'findings'>): void {
  const { value } = node;
  if (typeof value !== 'string') return;
  const text = value.trim();
  const templatePath = TEMPLATE.exec(text)?.[1] ?? '';
  if (/^\s+=\s*\S/.test(value)) {
    const remedy = 'Take the blank before the = away.';
    const message = `${shown(value)} is sent as it stands: = is not first`;
    const fix = withoutBlanks(node, scope.findings.text);
    scope.findings.add('warning', 'MAPPING_LITERAL', node.start, message, remedy, fix);
  } else if (isPath(templatePath, sight)) {
    const remedy = `Join texts in a formula: "='Dear ' & ${templatePath}".`;
    const message = `${shown(value)} is sent as it stands, with its {{ }}`;
    scope.findings.warning('MAPPING_LITERAL', node.start, message, remedy);
  } else if (CALL.test(text) || isPath(text, sight)) {
    const remedy = `Write ${node.style === 'plain' ? '' : 'in the quotes '}=${text} for what the event says, or "='${text}'" for this very text.`;
    scope.findings.warning('MAPPING_LITERAL', node.start, `${shown(value)} is sent as it stands: it has no =`, remedy);
  }
}

/** True for a path of the envelope, or one whose first two names some event has. */
function isPath(text: string, { events }: MappingSight): boolean {
  if (!PATH.test(text) || events === null) return false;
  const [first = '', second] = text.split('.');
  return events.some(({ schema }) => {
    const field = propertiesOf(schema)[first];
    if (field === undefined) return false;
    return second === undefined ? isEnvelope(first) : propertiesOf(field)[second] !== undefined;
  });
}

/** Single words are mostly words: only those that no text would be. */
function isEnvelope(name: string): boolean {
  return /[a-z][A-Z]/.test(name);
}

function propertiesOf(schema: Json): JsonObject {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(properties) ? properties : {};
}
