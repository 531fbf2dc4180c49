import { PointsmanError } from '../../core/errors.ts';
import type { ImportedFact } from '../../core/event.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Source } from '../../ports/source.ts';
import type { Applied, Checkpoint, Store } from '../../ports/store.ts';
import { checkFact } from './fact-check.ts';

/** Facts to be learned without an event, and how far their teacher got with them. */
export interface LearnRequest {
  /** The source whose events the facts are recalled for. */
  readonly source: string;
  /** At most `MOST_FACTS`. */
  readonly facts: readonly ImportedFact[];
  readonly checkpoint?: Checkpoint | null;
}

/** How many facts were new or changed, known already, or known better from an event. */
export type Learned = Readonly<Record<Applied, number>>;

/** What learning needs. */
export interface LearnTools {
  readonly store: Pick<Store, 'learn'>;
  readonly sources: ReadonlyMap<string, Source>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The most facts of one request: they share one commit. */
export const MOST_FACTS = 1_000;

const CHECKPOINT_NAME = /^[a-z0-9][a-z0-9.:-]{0,99}$/;
const MOST_CHECKPOINT_CHARACTERS = 64_000;
const FIELDS = ['source', 'facts', 'checkpoint'];

/**
 * Learns facts and keeps the checkpoint, all or nothing. The request comes from outside: throws `API_BAD_REQUEST` or
 * `API_BAD_FACT` with every finding, and the store's error when the commit fails.
 */
export async function learn(request: unknown, tools: LearnTools): Promise<Learned> {
  const body = bodyOf(request);
  const source = sourceOf(body, tools.sources);
  const facts = factsOf(body, source);
  const checkpoint = checkpointOf(body['checkpoint'] ?? null);
  const lessons = facts.map((fact) => source.lessonOf(fact));
  const applied = await tools.store.learn(lessons, checkpoint, tools.clock.now());
  const count = (what: Applied): number => applied.filter((one) => one === what).length;
  const learned = { applied: count('applied'), repeated: count('repeated'), stale: count('stale') };
  tools.log.info({ stage: 'learn', source: source.id, n: facts.length, ...learned }, 'facts learned');
  return learned;
}

/** Refuses the name of a checkpoint that cannot be one: `API_BAD_REQUEST`. */
export function checkpointName(name: Json | undefined): string {
  if (typeof name === 'string' && CHECKPOINT_NAME.test(name)) return name;
  throw badRequest('The name of a checkpoint takes 1 to 100 of a-z, 0-9 and . : -');
}

function bodyOf(request: unknown): JsonObject {
  if (!isJsonObject(request)) throw badRequest('The body is not a JSON object');
  const stranger = Object.keys(request).find((name) => !FIELDS.includes(name));
  if (stranger === undefined) return request;
  throw badRequest(`There is no field "${stranger.slice(0, 50)}"; there are ${FIELDS.join(', ')}`);
}

function sourceOf({ source }: JsonObject, sources: LearnTools['sources']): Source {
  const found = typeof source === 'string' ? sources.get(source) : undefined;
  if (found) return found;
  throw badRequest(`source must be one that the config declares: ${[...sources.keys()].join(', ')}`);
}

function factsOf({ facts }: JsonObject, source: Source): readonly ImportedFact[] {
  if (!Array.isArray(facts)) throw badRequest('facts is not a list');
  if (facts.length > MOST_FACTS) throw badRequest(`There are ${facts.length} facts; at most ${MOST_FACTS} at once`);
  const checked = facts.map((fact: Json) => checkFact(fact, source));
  const findings = checked.flatMap((one, index) =>
    one.ok ? [] : one.findings.map((finding) => `facts[${index}]: ${finding}`),
  );
  if (findings.length > 0) throw new PointsmanError('API_BAD_FACT', findings.join('; '));
  return checked.flatMap((one) => (one.ok ? [one.fact] : []));
}

function checkpointOf(checkpoint: Json): Checkpoint | null {
  if (checkpoint === null) return null;
  if (!isJsonObject(checkpoint)) throw badRequest('checkpoint is not an object');
  const name = checkpointName(checkpoint['name']);
  const value = checkpoint['value'] ?? null;
  if (value === null || (typeof value === 'string' && value.length <= MOST_CHECKPOINT_CHARACTERS)) {
    return { name, value };
  }
  throw badRequest(`checkpoint.value is neither null nor a text of at most ${MOST_CHECKPOINT_CHARACTERS} characters`);
}

function badRequest(message: string): PointsmanError {
  return new PointsmanError('API_BAD_REQUEST', message);
}
