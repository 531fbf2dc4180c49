import type { Answer } from '../../core/attempt.ts';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import { publicId } from '../../core/id.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { CallResponse } from '../shared/exchange.ts';
import { REQUEST_SHAPES } from './shapes.ts';
import type { TrackingCall } from './tracking-api.ts';
import { judgeResult } from './verdict.ts';

/** What a delivery needs to be a command. */
export type Command = Pick<ClaimedDelivery, 'id' | 'endpoint' | 'request'>;

/** At least one. */
export type Commands = readonly [Command, ...Command[]];

/** Commands in one call. Source: documentation.bloomreach.com/engagement/reference/batch-commands-2. */
const LARGEST_BATCH = 50;

/** A call's body: of a batch no limit is published; one message must be smaller than 800 kB. */
const LARGEST_BODY_BYTES = 768 * 1024;

/** Name, id and punctuation of one command. */
const ENVELOPE_BYTES = 80;

const ROUTES: ReadonlyMap<string, string> = new Map(REQUEST_SHAPES.map(({ name, route }) => [name, route]));

/** Whether there is a call that can carry it: its endpoint may be gone. */
export function isCarried({ endpoint }: Command): boolean {
  return ROUTES.has(endpoint);
}

/** How many of these, from the first on, one call can carry; at least 1. */
export function batchFit(deliveries: readonly Command[], batchSize: number): number {
  const most = Math.min(deliveries.length, batchSize, LARGEST_BATCH);
  let bytes = 0;
  for (let count = 0; count < most; count++) {
    bytes += ENVELOPE_BYTES + Buffer.byteLength(deliveries[count]?.request ?? '');
    if (bytes > LARGEST_BODY_BYTES) return Math.max(count, 1);
  }
  return Math.max(most, 1);
}

/** The call that carries these: a single one for one, `batch` for several. The frozen texts stand in it as they are. */
export function callOf(commands: Commands): TrackingCall {
  const [first] = commands;
  const size = commands.length;
  if (size === 1) return { route: ROUTES.get(first.endpoint) ?? '', body: first.request, size };
  const texts = commands.map(
    ({ id, endpoint, request }) =>
      `{"name":"${ROUTES.get(endpoint) ?? ''}","command_id":"${publicId('dlv', id)}","data":${request}}`,
  );
  return { route: 'batch', body: `{"commands":[${texts.join()}]}`, size };
}

/** The results of a batch, as they came; null when the answer holds none, so that it answers the call as a whole. */
export function resultsOf({ status, body }: CallResponse): readonly Json[] | null {
  if (status < 200 || status > 299) return null;
  try {
    const { results } = JSON.parse(body) as { readonly results?: Json };
    return Array.isArray(results) ? (results as readonly Json[]) : null;
  } catch {
    return null;
  }
}

/**
 * Judges each command by its own result: the one that echoes its `command_id`, else the one without an id at its
 * place, which is taken only when no result is missing (places may have moved). Without a result the answer is unknown.
 */
export function judgeResults(
  commands: readonly Command[],
  results: readonly Json[],
  status: number,
): readonly Answer[] {
  const byId = new Map<Json | undefined, Json>();
  for (const result of results) {
    const id = idOf(result);
    if (id !== undefined && !byId.has(id)) byId.set(id, result);
  }
  const inPlace = results.length >= commands.length;
  return commands.map(({ id }, index) => {
    const atPlace = results[index];
    const ownPlace = inPlace && idOf(atPlace) === undefined ? atPlace : undefined;
    return judgeResult(byId.get(publicId('dlv', id)) ?? ownPlace, status);
  });
}

/** The echoed `command_id`; undefined when there is none. */
function idOf(result: Json | undefined): Json | undefined {
  return isJsonObject(result) ? (result['command_id'] ?? undefined) : undefined;
}
