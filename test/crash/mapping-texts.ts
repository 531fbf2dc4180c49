/** What events of a campaign are, by the letter that ends their message ids. */
export type Kind = 'l' | 'u' | 'r' | 'p' | 't' | 'f';

/** The event names of the kinds. */
export const EVENT_NAMES: Readonly<Record<Kind, string>> = {
  l: 'CustomerLevelChanged',
  u: 'CustomerUpdated',
  r: 'PointsWillExpire',
  p: 'CustomerDeactivated',
  t: 'CustomerPhoneNumberWasChanged',
  f: 'AvailablePointsAmountChanged',
};

/** The mappings that owe something for an event of a kind. */
export const OWED: Readonly<Record<Kind, readonly string[]>> = {
  l: ['level', 'level-profile', 'level-audit'],
  u: ['updated'],
  r: ['reminder'],
  p: ['poison'],
  t: ['toxic'],
  f: [],
};

/** The event types that Bloomreach refuses: alone, and with every call that carries them. */
export const POISON = 'poison';
export const TOXIC = 'toxic';

/**
 * The mappings, by file: inline ones to two endpoints and to another destination, one whose formula needs a thread, one
 * that waits for a fact, two that are refused.
 */
export function mappingTexts(edition: number): Readonly<Record<string, string>> {
  return {
    'level.yaml': `${event('level', EVENT_NAMES.l, `"=data.customer.email"`, 'level', edition)}
---
id: level-profile
event: ${EVENT_NAMES.l}
to: bloomreach.customer
transform:
  customer_ids: { registered: "=data.customer.email" }
  properties: { event_id: "=$eventId()", mapping: level-profile, edition: e${edition} }
---
id: level-audit
event: ${EVENT_NAMES.l}
to: audit.entry
transform:
  body: { event_id: "=$eventId()", mapping: level-audit, edition: e${edition}, email: "=data.customer.email" }
`,
    'updated.yaml': `${event('updated', EVENT_NAMES.u, `"=data.customer.email"`, 'updated', edition)}
    letters: =$join($map(['a', 'b'], function($one) { $uppercase($one) }), '-')
`,
    'reminder.yaml': event(
      'reminder',
      EVENT_NAMES.r,
      `"=$recall('wallet', data.accountId).email"`,
      'reminder',
      0,
    ).replace('to:', "member: $recall('wallet', data.accountId).customerId\nto:"),
    'poison.yaml': event('poison', EVENT_NAMES.p, `"=data.customer.email"`, POISON, 0),
    'toxic.yaml': event('toxic', EVENT_NAMES.t, `"=data.customer.email"`, TOXIC, 0),
  };
}

function event(id: string, name: string, registered: string, type: string, edition: number): string {
  return `id: ${id}
event: ${name}
to: bloomreach.event
transform:
  customer_ids: { registered: ${registered} }
  event_type: ${type}
  timestamp: =$toSeconds(createdAt)
  properties:
    event_id: =$eventId()
    mapping: ${id}
    edition: e${edition}`;
}
