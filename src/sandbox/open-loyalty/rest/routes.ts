import { createCustomEvent } from './custom-events.ts';
import type { Handler } from './desk.ts';
import { listHistory } from './history.ts';
import {
  createMember,
  deactivateMember,
  getMember,
  getStatus,
  listMembers,
  registerMember,
  setTier,
  updateMember,
} from './members.ts';
import { buyReward, getRedemption, setRedemptionStatus } from './rewards.ts';
import { changeSettings, getSettings } from './store-settings.ts';
import { getTierSet, listTierSets } from './tiers.ts';
import { createTransaction, getTransaction } from './transactions.ts';
import { addPoints, getWallet, listTransfers, listWallets, spendPoints } from './units.ts';
import {
  getSubscription,
  listEventNames,
  listSubscriptions,
  rotateKey,
  subscribe,
  unsubscribe,
  updateSubscription,
} from './webhooks.ts';

/** Everything below `/api/{storeCode}/`; `*` holds the place of one value. The first that fits counts. */
const ROUTES: readonly (readonly [pattern: string, handler: Handler])[] = [
  ['GET webhook/event', listEventNames],
  ['GET webhook/subscription', listSubscriptions],
  ['POST webhook/subscription', subscribe],
  ['GET webhook/subscription/*', getSubscription],
  ['PUT webhook/subscription/*', updateSubscription],
  ['DELETE webhook/subscription/*', unsubscribe],
  ['POST webhook/subscription/*/rotate-hmac-secret-key', rotateKey],
  ['GET member', listMembers],
  ['POST member', createMember],
  ['POST member/register', registerMember],
  ['GET member/*', getMember],
  ['PUT member/*', updateMember],
  ['GET member/*/status', getStatus],
  ['GET member/*/wallet', listWallets],
  ['GET member/*/tierSet', listTierSets],
  ['GET member/*/tierSet/*', getTierSet],
  ['GET member/*/history', listHistory],
  ['POST member/*/tier', setTier],
  ['POST member/*/deactivate', deactivateMember],
  ['GET points', listTransfers],
  ['POST points/add', addPoints],
  ['POST points/spend', spendPoints],
  ['GET wallet/*', getWallet],
  ['GET transaction/*', getTransaction],
  ['POST transaction', createTransaction],
  ['POST reward/*/buy', buyReward],
  ['GET redemption/*', getRedemption],
  ['POST redemption/*/status', setRedemptionStatus],
  ['POST customEvent', createCustomEvent],
  ['GET settings', getSettings],
  ['PATCH settings', changeSettings],
];

/** The handler of a call, and what stands in its places; null when there is none. */
export function routeOf(
  method: string,
  segments: readonly string[],
): { readonly handler: Handler; readonly params: readonly string[] } | null {
  for (const [pattern, handler] of ROUTES) {
    const [wanted, path = ''] = pattern.split(' ');
    const places = path.split('/');
    if (wanted !== method || places.length !== segments.length) continue;
    if (!places.every((place, index) => place === '*' || place === segments[index])) continue;
    return { handler, params: segments.filter((_, index) => places[index] === '*') };
  }
  return null;
}
