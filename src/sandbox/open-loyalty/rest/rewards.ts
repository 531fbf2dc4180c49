import { isJsonObject } from '../../../core/json.ts';
import { couponPayload } from '../world/payloads.ts';
import { invalid, jsonAnswer, NO_CONTENT, NOT_FOUND } from './answer.ts';
import { type Handler, part, textIn } from './desk.ts';

/** `POST /reward/{reward}/buy`: for the member in `customerId`, at the top or under `reward`; where it stands is unconfirmed. */
export const buyReward: Handler = (desk) => {
  const { world, tenant, params, body, nowMs } = desk;
  const top = isJsonObject(body) ? body : {};
  const customerId = textIn(top, 'customerId') ?? textIn(part(desk, 'reward'), 'customerId') ?? '';
  const member = world.find(tenant.storeCode, customerId);
  if (member === null) return invalid('customerId', 'This customer does not exist.');
  desk.emit(world.buyReward(member, params[0] ?? '', nowMs));
  return jsonAnswer(200, [{ issuedRewardId: member.redemptions.at(-1)?.issuedRewardId }]);
};

/** `GET /redemption/{issuedReward}`. */
export const getRedemption: Handler = ({ world, tenant, params }) => {
  const redemption = world.state.redemptions.get(params[0] ?? '');
  if (redemption?.member.tenant !== tenant) return NOT_FOUND;
  const { issuedRewardId, rewardName: name, rewardType, costInPoints, status, coupon, rewardId, member } = redemption;
  const issuedCoupon = coupon === null ? null : couponPayload(coupon, tenant.zone);
  const redemptionDate = tenant.zone.text(redemption.redeemedAtMs);
  const own = { issuedRewardId, rewardId, customerId: member.customerId, name, status, rewardType, costInPoints };
  return jsonAnswer(200, { ...own, redemptionDate, issuedCoupon, cancelledAt: null });
};

/** `POST /redemption/{issuedReward}/status`. */
export const setRedemptionStatus: Handler = (desk) => {
  const { world, tenant, params, body, nowMs } = desk;
  const redemption = world.state.redemptions.get(params[0] ?? '');
  if (redemption?.member.tenant !== tenant) return NOT_FOUND;
  const fields = isJsonObject(body) ? body : {};
  const comment = textIn(fields, 'comment') ?? '';
  desk.emit(world.changeRewardStatus(redemption, textIn(fields, 'status') ?? '', nowMs, comment));
  return NO_CONTENT;
};
