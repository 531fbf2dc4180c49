import type { Json, JsonObject } from '../../../src/core/json.ts';

const MEMBER_ID = '7239e6f7-e52e-466b-8c24-699709b64076';
const WALLET_ID = '0f2b7c1e-1111-4a00-8a00-000000000001';
const UUID = '77ab0c5e-2222-4b00-8b00-000000000002';

const customer = {
  customerId: MEMBER_ID,
  email: 'Ann@Example.com',
  phone: '+48500100200',
  loyaltyCardNumber: 'LC-1001',
};
const wallet = {
  walletId: WALLET_ID,
  walletType: {
    walletTypeId: UUID,
    code: 'default',
    name: 'Points',
    unitSingularName: 'Point',
    unitPluralName: 'Points',
    active: true,
    isDefault: true,
    createdAt: '2025-01-01T00:00:00+00:00',
    limits: {},
    allowNegativeBalance: false,
  },
};
const withCode = { customer, code: 'a1b2c3', codeNumber: 482913 };
const trigger = {
  triggerId: UUID,
  type: 'transaction',
  createdAt: '2026-02-11T09:29:58+01:00',
  purchasedAt: '2026-02-11T09:29:55+01:00',
  documentNumber: '1001',
};
const progress = {
  completedCount: 1,
  rules: [{ achievementRuleId: UUID, periodGoal: 5, currentPeriodValue: 5, trigger: 'transaction', type: 'direct' }],
};
const achievement = {
  achievementId: UUID,
  achievementName: '5 purchases',
  limitReached: false,
  memberProgress: progress,
};

/** The `data` of one event of each kind that names a member, an account, or nobody: in the fields Open Loyalty documents. */
export const DATA: Readonly<Record<string, Json>> = {
  TransactionRegistered: {
    transactionId: UUID,
    documentNumber: '1001',
    purchasedAt: '2026-02-11T09:29:55+01:00',
    documentType: 'sell',
    customerData: {
      email: 'Ann@Example.com',
      name: 'Ann Kay',
      loyaltyCardNumber: 'LC-1001',
      address: { city: 'Gdansk' },
    },
    items: [{ sku: { code: 'A-1' }, name: 'Mug', quantity: 2, grossValue: 40, category: 'home', maker: 'Acme' }],
  },
  TransactionAssignedToCustomer: { transactionId: UUID, grossValue: 40, customer },
  AvailablePointsAmountChanged: {
    customer,
    accountId: WALLET_ID,
    amount: 320.5,
    amountChange: 20,
    amountChangeType: 'add',
    transferId: UUID,
    wallet,
    actionCause: {
      campaignId: UUID,
      customerId: MEMBER_ID,
      transactionId: UUID,
      performedAt: '2026-02-11T09:29:55+01:00',
    },
  },
  UnitsTransferWasAdded: {
    member: customer,
    wallet,
    createdAt: '2026-02-11T09:30:00+01:00',
    expiresAt: '2026-08-10T23:59:59+02:00',
    units: 20,
    comment: 'Order 1001',
    type: 'adding',
    pending: false,
    lockedUntil: null,
    transferId: UUID,
    relatedTransferId: null,
    actionCause: null,
  },
  PointsWillExpire: {
    accountId: WALLET_ID,
    points: 50,
    remainingUnits: 35,
    pointsWillExpire: '2026-03-01T00:00:00+01:00',
  },
  LevelWillExpire: {
    customerId: MEMBER_ID,
    customerEmail: 'Ann@Example.com',
    customerPhone: '+48500100200',
    customerLoyaltyCardNumber: 'LC-1001',
    customerFirstName: 'Ann',
    customerLastName: 'Kay',
    levelId: UUID,
    levelName: 'Gold',
    futureLevelId: WALLET_ID,
    futureLevelName: 'Silver',
  },
  CouponWillExpire: {
    customer,
    issuedCoupon: { valueType: 'money', code: 'SAVE10', value: 10, activeFrom: '2026-01-01T00:00:00+01:00' },
  },
  CustomerLevelChanged: { customer, level: { levelId: UUID, name: 'Gold', levelMoveUp: true, levelMoveDown: false } },
  CustomerRegistered: {
    customerId: MEMBER_ID,
    customerData: { firstName: 'Ann', email: 'Ann@Example.com', phone: '+48500100200', loyaltyCardNumber: 'LC-1001' },
  },
  CustomerWasRegisteredWithoutActivation: withCode,
  CustomerUpdated: { customer },
  CustomerDeactivated: { customer },
  CustomerEmailWasChanged: withCode,
  CustomerPhoneNumberWasChanged: withCode,
  CustomerRequestedPasswordReset: withCode,
  CustomerRequestedSendActivationCode: withCode,
  CustomerBoughtReward: {
    customer,
    coupon: { code: 'SAVE10', value: 10, status: 'active' },
    reward: { rewardId: UUID, rewardName: '10 EUR off', rewardType: 'static_coupon' },
    rewardRedemption: { redeemedRewardId: UUID },
    costInPoints: 100,
  },
  RewardRedemptionStatusChanged: {
    issuedReward: {
      issuedRewardId: UUID,
      name: 'Backpack',
      customerId: MEMBER_ID,
      status: 'shipped',
      costInPoints: 400,
      customerData: { email: 'Ann@Example.com', phone: '+48500100200', loyaltyCardNumber: 'LC-1001' },
    },
    newStatus: 'shipped',
    oldStatus: 'packing',
  },
  CampaignEffectWasApplied: {
    member: customer,
    campaign: { triggerType: 'transaction', campaignId: UUID, name: '2x weekend', trigger },
    effectsGiven: [
      { status: 'applied', target: MEMBER_ID, walletTypeCode: 'default', type: 'give_points', points: 20 },
    ],
  },
  MemberAchievementProgressWasChanged: {
    member: customer,
    achievement: { ...achievement, previousMemberProgress: { ...progress, completedCount: 0 } },
    trigger,
  },
  AchievementsWereProcessed: [{ member: customer, achievement, trigger: { triggerId: UUID, type: 'transaction' } }],
  SegmentMembershipDropped: { segment: { segmentId: UUID, segmentName: 'VIP', previousCount: 120, newCount: 80 } },
};

const flat = {
  customerId: MEMBER_ID,
  customerEmail: 'Ann@Example.com',
  customerPhone: '+48500100200',
  customerLoyaltyCardNumber: 'LC-1001',
};
const names = { customerFirstName: 'Ann', customerLastName: 'Kay' };
const levelReached = { customerId: MEMBER_ID, levelId: UUID, levelName: 'Gold' };
const pointsReminder = { ...flat, ...names, points: 50, pointsWillExpire: '2026-03-01T00:00:00+00:00' };
const bob = {
  ...pointsReminder,
  customerId: '0b0b0b0b-0000-4000-8000-000000000003',
  customerEmail: 'bob@example.com',
  customerPhone: null,
  customerLoyaltyCardNumber: 'LC-1002',
};

/** The `data` of one legacy body of each kind: reminders are arrays. */
export const LEGACY_DATA: Readonly<Record<string, Json>> = {
  'customer.registered': {
    customerId: MEMBER_ID,
    data: { firstName: 'Ann', email: 'Ann@Example.com', phone: '+48500100200', loyaltyCardNumber: 'LC-1001' },
  },
  'customer.updated': { customerId: MEMBER_ID },
  'customer.deactivated': { customerId: MEMBER_ID },
  'customer.level_changed': levelReached,
  'customer.level_changed_automatically': { ...levelReached, levelMove: 'up' },
  'transaction.registered': {
    transactionId: UUID,
    transactionData: { documentType: 'sell', documentNumber: '80', purchaseDate: '2026-02-11T09:29:55+00:00' },
    customerData: { name: 'Ann Kay', email: 'Ann@Example.com', phone: null, loyaltyCardNumber: 'LC-1001' },
    items: [{ sku: { code: 'A-1' }, name: 'Mug', quantity: 1, grossValue: 80, labels: [] }],
    posId: null,
  },
  'transaction.assigned_to_customer': { transactionId: UUID, customerId: MEMBER_ID, grossValue: 80 },
  'account.available_points_amount_changed': {
    customerId: MEMBER_ID,
    amount: 120,
    amount_change: 20,
    amount_change_type: 'add',
  },
  'account.expiring_points_notification': [pointsReminder, bob],
  'account.expiring_points_reminder_generated': [pointsReminder],
  'account.expiring_level_notification': [
    { ...flat, ...names, levelId: UUID, levelName: 'Gold', futureLevelId: WALLET_ID, futureLevelName: 'Silver' },
  ],
  'campaign.coupon_expiration': [{ ...flat, coupon: 'ABC1', couponExpiresAt: 1_772_323_200, couponStatus: 'active' }],
};

/** A whole legacy body: neither ids, nor a tenant, nor a time. */
export function legacy(type: string, data: Json = LEGACY_DATA[type] ?? {}): JsonObject {
  return { type, data };
}

/** A whole webhook around this `data`. */
export function webhook(eventName: string, data: Json, changes: JsonObject = {}): JsonObject {
  return {
    messageId: '3f0c7e1a-5a0e-4b53-9d0b-2f6f5d0c9a11',
    requestId: 'b1a4c2d0-77aa-4a3e-9a52-8f1f0f6f3c10',
    eventName,
    storeCode: 'DEFAULT',
    createdAt: '2026-02-11T09:30:00+01:00',
    data,
    ...changes,
  };
}

/** The sample webhook of this name. */
export function sample(eventName: string): JsonObject {
  return webhook(eventName, DATA[eventName] ?? {});
}

/** The identifiers that the samples name. */
export const ANN = {
  member: `DEFAULT/${MEMBER_ID}`,
  aliases: ['DEFAULT/card:LC-1001', 'DEFAULT/email:ann@example.com', 'DEFAULT/phone:+48500100200'],
  memberId: MEMBER_ID,
  walletId: WALLET_ID,
} as const;
