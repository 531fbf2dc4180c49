import type { JsonObject } from '../core/json.ts';
import type { ReplayAction } from '../core/replay.ts';
import { ruleSetOf } from '../core/rule-set.ts';
import { replayRequestOf } from '../http/replay-orders.ts';
import { replayKey } from '../http/replay-routes.ts';
import { type ReplayLookView, type ReplayView, replayLookView, replayView } from '../http/replay-view.ts';
import { createReplayDesk, type ReplayDesk } from '../pipeline/replay/replay-desk.ts';
import { forgetMember, memberMeant } from '../pipeline/upkeep/forget.ts';
import type { Store } from '../ports/store.ts';
import type { TransformEngine } from '../ports/transform-engine.ts';
import type { Forgotten, KnownMember } from '../ports/upkeep.ts';
import { createTransformEngine } from '../transform/engine.ts';
import type { Call } from './delivering-writer.ts';
import { mappingContextOf } from './registry.ts';
import { compileLive } from './rule-sides.ts';
import type { WriterOptions } from './writer-options.ts';

/** Orders replays and forgets members: through the running server, or in the store itself where none runs. */
export interface ReplayWriter {
  /** Whether replays begin at once; otherwise with the next server. */
  readonly isLive: boolean;
  /** @param request as `POST /api/v1/replays` takes it, as is what the others answer. */
  look(request: JsonObject): Promise<ReplayLookView>;
  start(request: JsonObject): Promise<ReplayView>;
  change(id: string, action: ReplayAction): Promise<ReplayView>;
  /** Throws `API_NOT_FOUND` and `API_AMBIGUOUS`, as forgetting does. */
  meant(member: string): Promise<KnownMember>;
  forget(member: string): Promise<Forgotten>;
  close(): Promise<void>;
}

/** Counting goes through all that is stored, in the time that intake leaves; begun twice, it would be done twice. */
const COUNT_WITHIN_MS = 10 * 60_000;

/** Orders of the server behind `call`. */
export function serverReplays(call: Call): ReplayWriter {
  const post = async (path: string, body: JsonObject): Promise<unknown> => call('POST', path, JSON.stringify(body));
  const order = async (body: JsonObject): Promise<unknown> =>
    call('POST', '/api/v1/replays', JSON.stringify(body), { withinMs: COUNT_WITHIN_MS });
  const forget = (body: JsonObject) => post('/api/v1/members/forget', body);
  return {
    isLive: true,
    look: async (request) => (await order({ ...request, dryRun: true })) as ReplayLookView,
    start: async (request) => (await order(request)) as ReplayView,
    change: async (id, action) => (await post(`/api/v1/replays/${encodeURIComponent(id)}/${action}`, {})) as ReplayView,
    meant: async (member) => (await forget({ member, dryRun: true })) as KnownMember,
    forget: async (member) => (await forget({ member })) as Forgotten,
    close: async () => {},
  };
}

/** Orders in this store what the next server carries out; members are forgotten at once. */
export function storeReplays(store: Store, { config, clock, log }: WriterOptions): ReplayWriter {
  let engine: TransformEngine | null = null;
  const engineOf = (): TransformEngine => {
    engine ??= createTransformEngine(config.transform);
    return engine;
  };
  const context = mappingContextOf(config);
  const desk = async (): Promise<ReplayDesk> => {
    const rules = ruleSetOf(compileLive(await store.lastGoodFiles(), context));
    return createReplayDesk({
      ...{ store, clock, log, memberIdKind: config.mappings.memberId, onReplay: () => undefined },
      engine: { run: (jobs) => engineOf().run(jobs) },
      ruleSet: () => rules,
      endpoint: (id, name) => context.destinations.get(id)?.endpoints.get(name) ?? null,
      facts: (keys) => store.facts(keys),
    });
  };
  const tools = { store, clock, log };
  return {
    isLive: false,
    look: async (request) => replayLookView(await (await desk()).look(replayRequestOf(request, clock.now()).choice)),
    async start(request) {
      const { choice, ratePerSecond } = replayRequestOf(request, clock.now());
      return replayView(await (await desk()).start(choice, ratePerSecond));
    },
    change: async (id, action) => replayView(await (await desk()).change(replayKey(id), action)),
    meant: (member) => memberMeant(member, tools),
    forget: (member) => forgetMember(member, tools),
    close: async () => engine?.close(),
  };
}
