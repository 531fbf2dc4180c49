import pRetry from 'p-retry';
import { Agent, request } from 'undici';
import { ERRORS, type ErrorCode, PointsmanError } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';
import type { Learned } from '../pipeline/learn/learn.ts';
import { type Call, serverDelivering } from './delivering-writer.ts';
import { serverReplays } from './replay-writer.ts';
import type { Writer } from './writer.ts';

/** A server on this machine answers at once, one far away soon. */
const FIND_WITHIN_MS = 3_000;
const ANSWER_WITHIN_MS = 30_000;
/** A server that restarts is back within seconds. */
const RETRIES = 5;

/** Writes through the API of the server at `url`; null when no pointsman answers there. */
export async function openServer(url: string, token: string | null): Promise<Writer | null> {
  const address = url.replace(/\/+$/, '');
  const agent = new Agent({ connections: 1, allowH2: false });
  if (!(await isPointsman(address, agent))) {
    await agent.destroy();
    return null;
  }
  const call = caller(address, token, agent);
  return {
    where: `the server at ${address}`,
    learn: async (asked) => (await call('POST', '/api/v1/facts', JSON.stringify(asked))) as unknown as Learned,
    async checkpoint(name) {
      const found = await call('GET', `/api/v1/facts/checkpoints/${encodeURIComponent(name)}`).catch(nullWhenMissing);
      return typeof found?.['value'] === 'string' ? found['value'] : null;
    },
    delivering: serverDelivering(call),
    replays: serverReplays(call),
    close: () => agent.destroy(),
  };
}

/** Calls may be repeated: learning again what is known does nothing. */
function caller(address: string, token: string | null, agent: Agent): Call {
  const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' };
  const call: Call = async (method, path, body, once) => {
    const signal = AbortSignal.timeout(once?.withinMs ?? ANSWER_WITHIN_MS);
    const options = { method, headers, dispatcher: agent, signal, ...(body !== undefined && { body }) };
    const { statusCode, body: answer } = await request(`${address}${path}`, options).catch((cause) => {
      throw new PointsmanError('API_UNREACHABLE', `The server at ${address} does not answer: ${cause.message}`, {
        cause,
      });
    });
    const json = await answer.json().catch(() => null);
    if (statusCode === 200 && isJsonObject(json)) return json;
    throw problemIn(json, { statusCode, address });
  };
  return (method, path, body, once) =>
    pRetry(() => call(method, path, body, once), {
      retries: once ? 0 : RETRIES,
      minTimeout: 500,
      shouldRetry: ({ error }) => error instanceof PointsmanError && error.retryable && error.code !== 'API_INTERNAL',
    });
}

/** The server's own problem as an error, or that it is no server of ours. */
function problemIn(json: unknown, { statusCode, address }: { statusCode: number; address: string }): PointsmanError {
  const problem = isJsonObject(json) ? json : {};
  const code = problem['code'];
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) {
    return new PointsmanError('API_UNREACHABLE', `${address} answered ${statusCode} and is no pointsman of this kind`);
  }
  const detail = String(problem['detail']);
  const isRefused = code === 'API_UNAUTHORIZED' || code === 'API_FORBIDDEN';
  const advice = isRefused ? `; set POINTSMAN_TOKEN to a token of the server at ${address}` : '';
  return new PointsmanError(code as ErrorCode, `${detail}${advice}`);
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof PointsmanError && error.code === 'API_NOT_FOUND') return null;
  throw error;
}

async function isPointsman(address: string, agent: Agent): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(FIND_WITHIN_MS);
    const { body } = await request(`${address}/version`, { dispatcher: agent, signal });
    const version = await body.json();
    return isJsonObject(version) && version['name'] === 'pointsman';
  } catch {
    return false;
  }
}
