import { messageIdOf } from './sequence.ts';

/** How many different members the webhooks are about. */
export const MEMBERS = 10_000;

const START_MS = Date.parse('2026-02-11T09:30:00+01:00');
const TIERS = ['Bronze', 'Silver', 'Gold', 'Platinum'] as const;

/** The body of a tier change as Open Loyalty sends it; each has its own message id, the members take turns. Pure. */
export function webhookBody(sequence: number, members: number = MEMBERS): string {
  const member = String(sequence % members).padStart(12, '0');
  const tier = sequence % TIERS.length;
  const isUp = sequence % 2 === 0;
  return JSON.stringify({
    messageId: messageIdOf(sequence),
    requestId: `a4e0b7c2-95d1-4f38-b6aa-${sequence.toString(16).padStart(12, '0')}`,
    eventName: 'CustomerLevelChanged',
    storeCode: 'DEFAULT',
    createdAt: new Date(START_MS + sequence).toISOString(),
    data: {
      customer: {
        customerId: `7239e6f7-e52e-466b-8c24-${member}`,
        email: `Member.${member}@Example.com`,
        phone: `+48${member.slice(3)}`,
        loyaltyCardNumber: `LC-${member}`,
      },
      level: {
        levelId: `e82c96cf-32a3-43bd-9034-4df343e5fd0${tier}`,
        name: TIERS[tier],
        levelMoveUp: isUp,
        levelMoveDown: !isUp,
      },
    },
  });
}
