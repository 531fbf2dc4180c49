import { describe, expect, it } from 'vitest';
import { createOpenLoyaltySource } from '../../../src/sources/open-loyalty/source.ts';
import { DATA, webhook } from './samples.ts';

const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });
const CORRECTING = ['CustomerEmailWasChanged', 'CustomerPhoneNumberWasChanged', 'CustomerUpdated'];
const correctionOf = (name: string, data = DATA[name] ?? null) => source.identify(webhook(name, data), 1).correction;

describe('what an event says anew of its member', () => {
  it.each(CORRECTING)('%s tells all her identifiers, so that what is missing is taken out', (name) => {
    const customer = { customerId: 'c-1', email: 'new@example.com', phone: null, loyaltyCardNumber: 'LC-1' };
    expect(correctionOf(name, { customer })).toEqual(customer);
  });

  it.each(Object.keys(DATA).filter((name) => !CORRECTING.includes(name)))('%s corrects nothing', (name) => {
    expect(correctionOf(name)).toBeUndefined();
  });

  it.each([null, 'text', {}, { customer: { email: 'ann@example.com' } }])('nothing without an id: %j', (data) => {
    expect(correctionOf('CustomerEmailWasChanged', data)).toBeUndefined();
  });
});
