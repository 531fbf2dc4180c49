import type { EventSight, FormulaUse, MappingSight } from '../ports/transform-engine.ts';
import { parseFormula } from './ast.ts';
import { inferFormula, type Knowledge } from './infer.ts';
import { typeOfSchema } from './schema-types.ts';
import { ANY, elementsOf, NUMBER, type ObjectType, STRING, type Type, typeOf, unionOf } from './types.ts';

/** What Open Loyalty and its like write around every event's data. */
const ENVELOPE = ['messageId', 'requestId', 'storeCode', 'createdAt'];

/** What is known of a mapping's events, of the facts it recalls and of the elements of its `each`. */
interface Known {
  readonly root: Type;
  readonly facts: ReadonlyMap<string, Type>;
  readonly item: Type;
}

/** Turns what mappings see into types, each schema and each mapping once. */
export class KnowledgeBase {
  readonly #events = new WeakMap<EventSight['schema'], Type>();
  readonly #facts = new WeakMap<EventSight['schema'], Type>();
  readonly #sights = new WeakMap<MappingSight, Known>();

  /** What a formula sees that is used in this way. */
  of(sight: MappingSight | undefined, use: FormulaUse): Knowledge {
    if (!sight) return { root: ANY, facts: new Map(), variables: new Map(), withoutItem: null };
    const known = this.#sights.get(sight) ?? this.#learn(sight);
    this.#sights.set(sight, known);
    const withoutItem = whyWithoutItem(sight, use);
    const variables = withoutItem === null ? [['item', known.item] as const, ['index', NUMBER] as const] : [];
    return { root: known.root, facts: known.facts, variables: new Map(variables), withoutItem };
  }

  #learn({ events, facts, each }: MappingSight): Known {
    const root = events === null ? ANY : unionOf(events.map((event) => this.#event(event)));
    const known = { root, facts: new Map([...facts].map(([kind, schema]) => [kind, this.#fact(schema)] as const)) };
    return { ...known, item: each === null ? ANY : elementTypeOf(each, known) };
  }

  #event({ name, schema, secrets }: EventSight): Type {
    const type = this.#events.get(schema) ?? withEnvelope(typeOfSchema(schema, secrets), name);
    this.#events.set(schema, type);
    return type;
  }

  #fact(schema: EventSight['schema']): Type {
    const type = this.#facts.get(schema) ?? typeOfSchema(schema);
    this.#facts.set(schema, type);
    return type;
  }
}

function whyWithoutItem({ each }: MappingSight, { kind }: FormulaUse): string | null {
  if (kind === 'before-each') return 'when and each come before it';
  return each === null ? 'the mapping has no each' : null;
}

function elementTypeOf(each: string, known: Omit<Known, 'item'>): Type {
  try {
    const type = inferFormula(
      parseFormula(each),
      each,
      { ...known, variables: new Map(), withoutItem: null },
      () => {},
    );
    return { ...elementsOf(type), spread: null };
  } catch {
    return ANY;
  }
}

function withEnvelope(type: Type, name: string): Type {
  return {
    ...type,
    alternatives: type.alternatives.map((one) => (one.kind === 'object' ? enveloped(one, name) : one)),
  };
}

/** The envelope is there although a schema forgets it; an event has the name it is known by. */
function enveloped({ fields, open }: ObjectType, name: string): ObjectType {
  const known = new Map(ENVELOPE.map((field) => [field, STRING] as const));
  const eventName = fields.has('eventName') ? typeOf({ kind: 'string', values: [name] }) : STRING;
  return { kind: 'object', open, fields: new Map([...known, ...fields, ['eventName', eventName]]) };
}
