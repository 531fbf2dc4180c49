import { request } from 'undici';
import { systemClock } from '../../src/runtime/system.ts';
import type { Running } from './running.ts';

/** A mapping that sends one Bloomreach event for each tier change, to a customer of its own. */
export const TIER_MAPPING = `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: tier
  properties: { event_id: "=$eventId()" }
`;

/** A tier change about a customer who is named by the message id; `padding` makes it large. */
export function tierChange(messageId: string | null, padding = 0) {
  return {
    ...(messageId !== null && { messageId }),
    ...{ eventName: 'CustomerLevelChanged', storeCode: 'DEFAULT', createdAt: '2026-02-11T09:30:00+01:00' },
    data: { customer: { email: `${messageId ?? 'ann'}@example.com` }, level: { name: 'x'.repeat(padding) } },
  };
}

/** What an operator sees of a server from outside. */
export async function outside(url: string) {
  const status = async (path: string) => {
    const answer = await request(`${url}${path}`);
    await answer.body.dump();
    return answer.statusCode;
  };
  return { healthz: await status('/healthz'), readyz: await status('/readyz'), metrics: await status('/metrics') };
}

export const HEALTHY = { healthz: 200, readyz: 200, metrics: 200 };
/** Alive, and not ready. */
export const REFUSING = { healthz: 200, readyz: 503, metrics: 200 };

/** The answer to a webhook, with what it says about coming back. */
export async function post(url: string, body: object) {
  const answer = await request(`${url}/webhooks/open-loyalty`, {
    method: 'POST',
    headers: { 'x-pointsman-token': 'e2e-webhook-token' },
    body: JSON.stringify(body),
  });
  await answer.body.dump();
  return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] ?? null };
}

/** Waits until something holds, as long as it takes in a test. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 25) {
    if (await holds()) return;
    await systemClock.sleep(25);
  }
  throw new Error(`after 20 s still not: ${what}`);
}

/** How often each of these arrived at Bloomreach. */
export function arrivals({ sandbox }: Running, messageIds: readonly string[]): readonly number[] {
  return messageIds.map((id) => sandbox.state.customer({ registered: `${id}@example.com` })?.events.length ?? 0);
}
