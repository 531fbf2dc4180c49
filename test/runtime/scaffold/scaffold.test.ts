import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { scaffold } from '../../../src/runtime/scaffold/scaffold.ts';
import { defaultConfig, openWorkbench } from '../../../src/runtime/workbench.ts';
import { openLoyaltyCatalogue } from '../../../src/sources/open-loyalty/catalogue.ts';
import { ONE_TIME_CODE, ONE_TIME_NUMBER, randomEvent } from '../../support/random-event.ts';

const bench = openWorkbench(defaultConfig(process.cwd()));
afterAll(() => bench.close());

const { events } = openLoyaltyCatalogue();
const NAMES = [...events.keys()];

async function checked(name: string, body: JsonObject | null = null) {
  const text = await scaffold({ name: 'draft', file: 'draft.yaml', event: name, body }, bench);
  const [file] = await bench.check([{ file: 'draft.yaml', bytes: Buffer.from(text) }]);
  return { text, lints: file?.lints ?? null, mappings: file?.mappings ?? [] };
}

describe('a scaffolded mapping', () => {
  it('is there for every event of the catalogue', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(28);
  });

  it.each(NAMES)('of %s has no finding, and a test that passes', async (name) => {
    const { text, lints, mappings } = await checked(name);
    expect(lints).toEqual([]);
    expect(mappings[0]?.tests[0]?.expect).toMatchObject({ kind: 'requests' });
    for (const secret of ['codeNumber', 'redemptionCode', 'issuedReward.token'])
      expect(text).not.toContain(`=data.${secret}`);
    expect(text).not.toMatch(/=data\.code$/m);
  });

  it.each([
    ['CustomerLevelChanged', 'registered: =$memberId(data.customer)'],
    ['UnitsTransferWasAdded', 'registered: =$memberId(data.member)'],
    ['LevelWillExpire', 'registered: =$memberId(data)'],
    ['CustomerRegistered', 'registered: =$memberId(data.customerData)'],
    ['RewardRedemptionStatusChanged', 'registered: =$memberId(data.issuedReward.customerData)'],
    ['PointsWillExpire', "registered: =$memberId($recall('wallet', data.accountId))"],
    ['AchievementsWereProcessed', 'registered: =$memberId($item.member)'],
    ['RewardCreated', 'registered: loyalty-programme'],
  ])('of %s addresses whom it is about', async (name, line) => {
    expect((await checked(name)).text).toContain(line);
  });

  it('of a real event is about a made-up person, whatever the event says', async () => {
    const arbitrary = fc.constantFrom(...NAMES).chain((name) => {
      return randomEvent(name, events.get(name) ?? {}).map((body) => ({ name, body }));
    });
    const samples = fc.sample(arbitrary, { numRuns: 60, seed: 7 });
    for (const { name, body } of samples) {
      const { text, lints } = await checked(name, body);
      expect({ name, lints }).toEqual({ name, lints: [] });
      for (const secret of [...personalTexts(body['data'] ?? null, null), ONE_TIME_CODE, String(ONE_TIME_NUMBER)]) {
        expect(text.includes(secret) ? { name, secret } : null).toBeNull();
      }
    }
  });

  it('keeps numbers and the names of things, and replaces persons, ids and free text', async () => {
    const { text } = await checked('UnitsTransferWasAdded', {
      ...{ messageId: 'm-9', eventName: 'UnitsTransferWasAdded', storeCode: 'de', createdAt: '2026-05-01T10:00:00Z' },
      data: {
        member: {
          customerId: '7239e6f7-e52e-466b-8c24-699700000001',
          email: 'Zoe@Secret.org',
          phone: '+49170',
          loyaltyCardNumber: '77',
        },
        wallet: { walletId: '7239e6f7-e52e-466b-8c24-699700000002', walletType: { name: 'Miles', code: 'miles' } },
        units: 42.5,
        comment: 'for Zoe',
        transferId: '7239e6f7-e52e-466b-8c24-699700000002',
        type: 'adding',
      },
    });
    for (const kept of [
      'units: 42.5',
      'name: Miles',
      'type: adding',
      '2026-05-01T10:00:00Z',
      'email: ann@example.com',
    ]) {
      expect(text).toContain(kept);
    }
    expect(text).not.toMatch(/Zoe|7239e6f7|49170|m-9/i);
    expect(text.match(/00000000-0000-4000-8000-000000000001/g)?.length).toBeGreaterThan(2);
  });

  it('of an event that nobody sends is refused with a suggestion', async () => {
    await expect(checked('CustomerLevelChangd')).rejects.toMatchObject({
      code: 'CLI_USAGE',
      message: 'No source sends CustomerLevelChangd; did you mean CustomerLevelChanged?',
    });
  });
});

/** Longer values of fields that name a person; short ones stand everywhere. */
function personalTexts(value: Json, key: string | null): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => personalTexts(item, key));
  if (isJsonObject(value)) return Object.entries(value).flatMap(([name, member]) => personalTexts(member, name));
  const isPersonal = /^(customer)?(email|phone|loyaltyCardNumber|firstName|lastName|customerId)$/i.test(key ?? '');
  return isPersonal && typeof value === 'string' && value.trim().length > 6 && !/^(null|undefined)$/i.test(value)
    ? [value]
    : [];
}
