import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { WebhookDelivery } from '../../src/sandbox/open-loyalty/webhooks/delivery.ts';
import type { Member } from '../../src/sandbox/open-loyalty/world/member.ts';
import type { Transfer, Wallet } from '../../src/sandbox/open-loyalty/world/wallet.ts';
import type { World } from '../../src/sandbox/open-loyalty/world.ts';

/** A reminder that Open Loyalty sent: it names a wallet, the world knows whose. */
export interface Reminder {
  readonly messageId: string;
  readonly walletId: string;
  readonly walletCode: string;
  readonly customerId: string;
  readonly silent: boolean;
  /** Whether the member had an e-mail address when it was sent. */
  readonly hadEmail: boolean;
  /** Whether an earlier event of the year named the wallet together with its member. */
  readonly taught: boolean;
  readonly sentAtMs: number;
}

/** The lots that a scan at this time must remind of, each as the text that tells its reminder from every other. */
export function expiringSoon({ members }: World, scanAtMs: number): readonly string[] {
  return [...members.values()].flatMap((member) =>
    member.active ? member.wallets.flatMap((wallet) => ofWallet(member, wallet, scanAtMs)) : [],
  );
}

/** The same text, from the reminder itself. */
export function lotOf(body: JsonObject): string {
  const data = isJsonObject(body['data']) ? body['data'] : {};
  return [data['accountId'], data['points'], data['remainingUnits'], data['pointsWillExpire']].join(' ');
}

/** A reminder with what the world knows about it at the moment it was sent. */
export function reminderOf(
  world: World,
  { messageId, body }: WebhookDelivery,
  told: { readonly sentAtMs: number; readonly taught: ReadonlySet<string> },
): Reminder {
  const { data } = JSON.parse(body) as { readonly data: { readonly accountId: string } };
  const held = world.state.wallets.get(data.accountId);
  if (held === undefined) throw new Error(`A reminder names the wallet ${data.accountId}, which is nobody's.`);
  const { member, wallet } = held;
  return {
    messageId,
    walletId: wallet.walletId,
    walletCode: wallet.type.code,
    customerId: member.customerId,
    silent: member.silent,
    hadEmail: member.profile.email !== null,
    taught: told.taught.has(wallet.walletId),
    sentAtMs: told.sentAtMs,
  };
}

function ofWallet({ tenant }: Member, { walletId, lots }: Wallet, scanAtMs: number): readonly string[] {
  const wanted = tenant.zone.day(scanAtMs) + tenant.settings.expirePointsNotificationDays;
  const soon = lots.filter((lot) => isUsable(lot, scanAtMs) && tenant.zone.day(lot.expiresAtMs ?? 0) === wanted);
  return soon.map(({ units, remaining, expiresAtMs }) =>
    [walletId, units, remaining, tenant.zone.text(expiresAtMs ?? 0)].join(' '),
  );
}

/** Units that are locked no longer than until the scan are unlocked by it before it reminds. */
function isUsable({ state, lockedUntilMs }: Transfer, scanAtMs: number): boolean {
  return state === 'active' || (state === 'pending' && (lockedUntilMs ?? 0) <= scanAtMs);
}
