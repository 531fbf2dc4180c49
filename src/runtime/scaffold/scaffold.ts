import { PointsmanError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Lint } from '../../core/lint.ts';
import { suggest } from '../../core/suggest.ts';
import type { CompiledFile } from '../../mapping/compile.ts';
import type { Workbench } from '../workbench.ts';
import { addresseeOf } from './addressee.ts';
import { type EventField, fieldsOf, sampleOf } from './event-fields.ts';
import { type Draft, type LeftOut, mappingText, propertiesFor } from './mapping-text.ts';
import { isPersonal, isSecret, withoutPersons } from './personal.ts';

/** What to scaffold. */
export interface ScaffoldOrder {
  /** The mapping's id. */
  readonly name: string;
  /** The file it will stand in, relative to the mappings folder. */
  readonly file: string;
  readonly event: string;
  /** A real event's body to make the test of; null = a sample made from the event's schema. */
  readonly body: JsonObject | null;
}

/** What the workbench is needed for. */
export type ScaffoldTools = Pick<Workbench, 'context' | 'compile' | 'test'>;

/** Fields whose formulas are found wanting are left out, at most so many times over. */
const MOST_ROUNDS = 20;

const MESSAGE_ID = '00000000-0000-4000-8000-000000000000';
const CREATED_AT = '2026-02-11T09:30:00+01:00';

/**
 * Writes a mapping for an event, with a test that passes. No personal data gets into it: a real event is told about Ann,
 * and fields about a person are no properties. Throws `CLI_USAGE` for an event that no source knows.
 */
export async function scaffold(order: ScaffoldOrder, tools: ScaffoldTools): Promise<string> {
  let draft = firstDraft(order, tools);
  let compiled = compileDraft(draft, order, tools);
  for (let round = 0; compiled.lints.length > 0 && round < MOST_ROUNDS; round++) {
    draft = withoutFaulty(draft, compiled.lints);
    compiled = compileDraft(draft, order, tools);
  }
  const [report] = await tools.test(compiled.mappings);
  if (report?.outcome.kind !== 'requests') return mappingText(draft);
  const { requests } = report.outcome;
  const expect: Json = draft.addressee.root[0] === '$item' ? requests : (requests[0] ?? null);
  return mappingText({ ...draft, expect });
}

function firstDraft({ name, file, event, body }: ScaffoldOrder, { context }: ScaffoldTools): Draft {
  const schema = dataSchema(event, context);
  const data = body === null ? sampleOf(schema) : withoutPersons(body['data'] ?? null);
  const sample = { messageId: MESSAGE_ID, eventName: event, storeCode: 'DEFAULT', createdAt: timeOf(body), data };
  const addressee = addresseeOf({ ...sample, data: sampleOf(schema) });
  const recall = addressee.recall && addresseeOf(sample).recall;
  const items = schema['items'];
  const fields =
    Array.isArray(sampleOf(schema)) && isJsonObject(items) ? fieldsOf(items, ['data']) : fieldsOf(schema, ['data']);
  const told = fields.filter(({ path }) => !isSecret(path) && !isPersonal(path));
  return {
    id: file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/, '') === name ? null : name,
    name,
    event,
    to: targetOf(context),
    addressee: { ...addressee, recall },
    properties: propertiesFor(told, addressee.root),
    leftOut: leftOut(fields),
    sample,
    expect: null,
  };
}

/** What is about a person, or opens a door, is no business of an event. */
function leftOut(fields: readonly EventField[]): readonly LeftOut[] {
  const secret = fields.filter(({ path }) => isSecret(path));
  const personal = fields.filter(({ path }) => !isSecret(path) && isPersonal(path));
  const named = (some: readonly EventField[]) => some.map(({ path }) => path.at(-1)).join(', ');
  return [
    ...(personal.length > 0 ? [{ source: named(personal), why: 'about a person' }] : []),
    ...(secret.length > 0 ? [{ source: named(secret), why: 'a secret code' }] : []),
  ];
}

/** A real event keeps its time: other times in it are to be read against it. */
function timeOf(body: JsonObject | null): string {
  const createdAt = body?.['createdAt'];
  return typeof createdAt === 'string' ? createdAt : CREATED_AT;
}

function dataSchema(event: string, { sources }: ScaffoldTools['context']): JsonObject {
  const names = new Map([...sources.values()].flatMap(({ events }) => [...events]));
  const schema = names.get(event);
  if (!schema) {
    const meant = suggest(event, names.keys());
    throw new PointsmanError(
      'CLI_USAGE',
      `No source sends ${event}${meant === null ? '' : `; did you mean ${meant}?`}`,
    );
  }
  const data = isJsonObject(schema['properties'] ?? null) ? (schema['properties'] as JsonObject)['data'] : null;
  return isJsonObject(data ?? null) ? (data as JsonObject) : {};
}

/** The first configured destination that takes events. */
function targetOf({ destinations }: ScaffoldTools['context']): string {
  const [id] = [...destinations].find(([, { endpoints }]) => endpoints.has('event')) ?? [];
  if (id !== undefined) return `${id}.event`;
  throw new PointsmanError('CLI_USAGE', 'The config declares no destination that takes events');
}

function compileDraft(draft: Draft, { file }: ScaffoldOrder, tools: ScaffoldTools): CompiledFile {
  const [compiled] = tools.compile([{ file, bytes: new TextEncoder().encode(mappingText(draft)) }]);
  if (compiled) return compiled;
  throw new PointsmanError('CLI_USAGE', `${file} cannot be compiled`);
}

/** The draft without the properties that these findings stand at; what is wrong with them is said in its comments. */
function withoutFaulty(draft: Draft, lints: readonly Lint[]): Draft {
  const lines = mappingText(draft).split('\n');
  const faults = new Map(
    lints.map(({ line, message }) => [/^ {4}(\w+): =/.exec(lines[line - 1] ?? '')?.[1] ?? '', message]),
  );
  const leftOut = draft.properties.flatMap(({ name, source }) => {
    const why = faults.get(name);
    return why === undefined ? [] : [{ source, why }];
  });
  return {
    ...draft,
    properties: draft.properties.filter(({ name }) => !faults.has(name)),
    leftOut: [...draft.leftOut, ...leftOut],
  };
}
