/** A tier change, as far as the mapping reads it. */
export interface TierChange {
  readonly messageId: string;
  readonly storeCode: string;
  readonly createdAt: string;
  readonly data: {
    readonly customer: { readonly email: string };
    readonly level: { readonly levelId: string; readonly name: string; readonly levelMoveUp: boolean };
  };
}

/** What `mappings/tier-change.yaml` says, written by hand: the request as JSON text. Pure. */
export function requestOf({ messageId, storeCode, createdAt, data }: TierChange): string {
  return JSON.stringify({
    customer_ids: { registered: data.customer.email.toLowerCase() },
    event_type: 'loyalty_challenge',
    timestamp: Date.parse(createdAt) / 1000,
    properties: {
      event_id: messageId,
      tier_id: data.level.levelId,
      tier_name: data.level.name,
      tenant_code: storeCode,
      levelMove: data.level.levelMoveUp ? 'up' : 'down',
    },
  });
}
