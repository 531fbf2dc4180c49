import { randomUUID } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { DemoSite } from './site.ts';
import { STORE_CODE, timeText, type Webhook } from './webhooks.ts';

/** A webhook that was sent, and what the door answered. */
export interface PostedWebhook {
  readonly eventName: string;
  readonly about: string;
  readonly status: number;
  readonly duplicate: boolean;
}

/** Open Loyalty's part in the demo. */
export interface Sender {
  /** Sends a webhook under a new message id. Throws when the door does not take it. */
  send(webhook: Webhook): Promise<PostedWebhook>;
  /** Sends the last message once more: same message id, new request id. */
  sendAgain(): Promise<PostedWebhook>;
}

/** How long a sender waits for an answer, in ms. */
const TIMEOUT_MS = 10_000;

/** A webhook with the envelope that Open Loyalty puts around it. */
export function messageOf({ eventName, data }: Webhook, createdAtMs: number) {
  const ids = { messageId: randomUUID(), requestId: randomUUID() };
  return { ...ids, eventName, storeCode: STORE_CODE, createdAt: timeText(createdAtMs), data };
}

/** Sends over HTTP as Open Loyalty does. */
export function createSender(door: DemoSite['door'], clock: Clock): Sender {
  let last: { readonly webhook: Webhook; readonly message: ReturnType<typeof messageOf> } | null = null;

  async function post(sent: NonNullable<typeof last>): Promise<PostedWebhook> {
    last = sent;
    const response = await fetch(door.url, {
      method: 'POST',
      headers: { ...door.headers, 'Content-Type': 'application/json', 'User-Agent': 'OpenLoyalty' },
      body: JSON.stringify(sent.message),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (response.status !== 202) throw new Error(`The door answered ${response.status}: ${answer}`);
    const { eventName, about } = sent.webhook;
    const { duplicate } = JSON.parse(answer) as { readonly duplicate: boolean };
    return { eventName, about, status: response.status, duplicate };
  }

  return {
    send: (webhook) => post({ webhook, message: messageOf(webhook, clock.now()) }),
    sendAgain() {
      if (last === null) throw new Error('There is no message to send again');
      return post({ ...last, message: { ...last.message, requestId: randomUUID() } });
    },
  };
}
