import { setTimeout as delay } from 'node:timers/promises';
import { oneOf } from './chance.ts';
import type { Deeds } from './deeds.ts';
import { customerIdOf, emailOf, walletOf } from './oracle.ts';
import type { ServerProcess } from './server-process.ts';
import { callApi, type Site } from './site.ts';

/** What the operator needs. */
export interface OperatorTools {
  readonly site: Site;
  readonly deeds: Deeds;
  readonly members: number;
  readonly random: () => number;
  /** Between two acts, in ms, on the average. */
  readonly everyMs: number;
  /** What runs now, to be told to reload; null = nothing. */
  readonly server: () => Pick<ServerProcess, 'hangUp'> | null;
}

/** Somebody who pauses, skips, replays, teaches and edits, through the API and the files. */
export interface Operator {
  /** Ends all that was paused, teaches all that is waited for, and does nothing more. */
  retire(): Promise<void>;
}

type Act = () => Promise<unknown>;

const PAUSABLE = [['bloomreach'], ['bloomreach', 'customer'], ['bloomreach', 'event'], ['audit']] as const;

/** Starts one. */
export function startOperator(tools: OperatorTools): Operator {
  const { site, deeds, random } = tools;
  const state = { isRetired: false };
  const call = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await callApi(site, method, `/api/v1${path}`, body);
    if (answer && answer.status >= 500 && answer.status !== 503)
      deeds.unexpected.push(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const listed = async (query: string) =>
    ((await call('GET', `/deliveries?limit=50&${query}`))?.body['items'] ?? []) as readonly Listed[];

  async function pauseAndResume(): Promise<void> {
    const [destination, endpoint = null] = oneOf(PAUSABLE, random) ?? ['audit'];
    const what = endpoint === null ? {} : { endpoint };
    await call('POST', `/destinations/${destination}/pause`, what);
    await delay(random() * 300);
    await call('POST', `/destinations/${destination}/resume`, what);
  }

  async function actOnPending(action: 'skip' | 'release'): Promise<void> {
    const one = oneOf(await listed('status=pending'), random);
    if (!one) return;
    const event = await call('GET', `/events/${one.eventId}`);
    if (event?.status !== 200) return;
    // Noted before: a kill may come after the commit and before the answer.
    deeds.accepted(String(event.body['messageId']), one.eventId);
    deeds.touched(one.eventId, one.mapping, action);
    await call('POST', `/deliveries/${one.id}/${action}`);
  }

  async function redeliver(): Promise<void> {
    const ids = (await listed(`status=${random() < 0.8 ? 'delivered' : 'dead'}`)).map(({ id }) => id);
    if (ids.length > 0) await steer(await call('POST', '/replays', { ids, as: 'redeliver', ...rate() }));
  }

  async function reprocess(): Promise<void> {
    const ids = deeds.someEvents(30, random);
    if (ids.length === 0) return;
    for (const id of ids) deeds.reprocessed.add(id);
    await steer(await call('POST', '/replays', { ids, as: 'reprocess', ...rate() }));
  }

  /** Slow enough for more than one step. */
  function rate(): object {
    return random() < 0.5 ? {} : { rate: '60/s' };
  }

  async function steer(started: Awaited<ReturnType<typeof call>>): Promise<void> {
    const id = started?.body['id'];
    if (typeof id !== 'string' || random() < 0.5) return;
    await call('POST', `/replays/${id}/pause`);
    await delay(random() * 100);
    await call('POST', `/replays/${id}/${random() < 0.3 ? 'cancel' : 'resume'}`);
  }

  async function resumeReplays(): Promise<void> {
    for (let cursor = ''; ; ) {
      const page = await call('GET', `/replays?limit=200${cursor}`);
      for (const { id, status } of (page?.body['items'] ?? []) as readonly { id: string; status: string }[])
        if (status === 'paused') await call('POST', `/replays/${id}/resume`);
      const next = page?.body['next'] ?? null;
      if (next === null) return;
      cursor = `&cursor=${next}`;
    }
  }

  async function teach(tag: string, sequence: number): Promise<void> {
    const value = { customerId: customerIdOf(tag), email: emailOf(tag) };
    const fact = { storeCode: 'DEFAULT', kind: 'wallet', key: walletOf(tag, sequence), value };
    await call('POST', '/facts', { source: 'open-loyalty', facts: [fact] });
  }

  const acts: readonly Act[] = [
    pauseAndResume,
    () => actOnPending('skip'),
    () => actOnPending('release'),
    redeliver,
    reprocess,
    () => teach(String(Math.floor(random() * tools.members)), Math.floor(random() * 200)),
    async () => void site.edit(),
    async () => site.reconfigure(),
    async () => tools.server()?.hangUp(),
    () => callApi(site, 'GET', '/readyz'),
    () => call('GET', '/stats'),
  ];

  async function work(): Promise<void> {
    while (!state.isRetired) {
      await delay(tools.everyMs * 2 * random());
      if (site.url !== null) await oneOf(acts, random)?.();
    }
  }

  const working = work();
  return {
    async retire() {
      state.isRetired = true;
      await working;
      for (const [destination, endpoint] of PAUSABLE)
        await call('POST', `/destinations/${destination}/resume`, endpoint === undefined ? {} : { endpoint });
      await resumeReplays();
      for (const { tag, sequence } of deeds.wallets()) await teach(tag, sequence);
    },
  };
}

interface Listed {
  readonly id: string;
  readonly eventId: string;
  readonly mapping: string;
}
