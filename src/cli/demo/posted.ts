import type { WebhookDelivery } from '../../sandbox/open-loyalty/webhooks/delivery.ts';
import type { World } from '../../sandbox/open-loyalty/world.ts';
import { firstNameIn } from './cast.ts';

/** A webhook that Open Loyalty sent, and what the door answered. */
export interface PostedWebhook {
  readonly eventName: string;
  /** Whom it is about, for the screen; the message itself may not say. */
  readonly about: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Whether the same message was sent before. */
  readonly again: boolean;
}

/** What the sandbox has sent, as the demo shows it; in the same order. */
export function postedWebhooks(deliveries: readonly WebhookDelivery[], world: World): readonly PostedWebhook[] {
  const seen = new Set<string>();
  return deliveries.map((delivery) => {
    const { eventName, messageId, requests } = delivery;
    const again = seen.has(messageId);
    seen.add(messageId);
    return { eventName, about: aboutOf(delivery, world), status: requests.at(-1)?.status ?? null, again };
  });
}

function aboutOf({ eventName, customerId }: WebhookDelivery, world: World): string {
  if (customerId === null) return 'nobody';
  const name = firstNameIn(world, customerId);
  return eventName === 'PointsWillExpire' ? `a wallet of ${name}` : name;
}
