import { Router } from 'express';
import { PointsmanError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Lint } from '../core/lint.ts';
import type { RuleSet } from '../core/rule-set.ts';
import type { Diff } from '../pipeline/compare/diff.ts';
import type { Explanation } from '../pipeline/compare/explain.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryDetail } from '../ports/log.ts';
import { requireRole } from './api-auth.ts';
import { diffView } from './diff-view.ts';
import { jsonBody } from './json-body.ts';
import { type DiffOrder, diffOrder, type PreviewOrder, previewOrder } from './look-orders.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

/** What a look came to, or the errors of the files that were given. */
export type Looked<Found> =
  | { readonly ok: true; readonly found: Found }
  | { readonly ok: false; readonly lints: readonly Lint[] };

/** Looks at what mappings make of events, off the ingest thread; they change nothing. Reject with `API_BUSY`. */
export interface Looks {
  /** Never rejects: where values cannot be had, the remark says why. */
  explain(detail: DeliveryDetail): Promise<Explanation>;
  preview(order: PreviewOrder): Promise<Looked<readonly object[]>>;
  diff(order: DiffOrder): Promise<Looked<Pick<Diff, 'summary' | 'changes'>>>;
}

/** What the routes of looks answer from. */
export interface LookTools {
  readonly looks: Looks;
  readonly ruleSet: () => RuleSet;
  readonly clock: Clock;
}

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** Seeing before saving: what a text would send for an event, and how it differs from what is live. */
export function lookRoutes({ looks, ruleSet, clock }: LookTools): Router {
  const routes = Router();
  const body = [requireRole('editor'), jsonBody(BODY_LIMIT_BYTES)] as const;
  routes.post('/preview', ...body, async (request, response) => {
    const looked = await looks.preview(previewOrder(fieldsOf(request.body), ruleSet()));
    const { status, answer } = answerOf(looked, (items) => ({ items }));
    response
      .status(status)
      .type(status === 200 ? 'json' : PROBLEM_TYPE)
      .send(JSON.stringify(answer));
  });
  routes.post('/diff', ...body, async (request, response) => {
    const looked = await looks.diff(diffOrder(fieldsOf(request.body), clock.now()));
    const { status, answer } = answerOf(looked, diffView);
    response
      .status(status)
      .type(status === 200 ? 'json' : PROBLEM_TYPE)
      .send(JSON.stringify(answer));
  });
  return routes;
}

function answerOf<Found>(looked: Looked<Found>, view: (found: Found) => object): { status: number; answer: object } {
  if (looked.ok) return { status: 200, answer: view(looked.found) };
  const errors = looked.lints.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
  const problem = problemOf(new PointsmanError(first?.code ?? 'MAPPING_INVALID', `The mappings have ${count}`));
  return { status: 422, answer: { ...problem, status: 422, lints: looked.lints } };
}

function fieldsOf(body: Json): JsonObject {
  if (isJsonObject(body)) return body;
  throw new PointsmanError('API_BAD_REQUEST', 'The body is not a JSON object');
}
