import { describe, expect, it } from 'vitest';
import { forgetMember, memberMeant, resumeForgetting } from '../../../src/pipeline/upkeep/forget.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { createFakeSource } from '../../support/fake-source.ts';
import { DELIVERED } from '../../support/scripted-destination.ts';

const source = createFakeSource({
  identify: (body) => ({
    member: body['member'] === undefined ? null : `de/${body['member']}`,
    aliases: body['phone'] === undefined ? [] : [`de/phone:${body['phone']}`],
    facts: [],
  }),
});

function toolsOf({ store, log, clock }: Corridor) {
  return {
    store,
    log,
    clock: { ...clock, now: () => clock.now(), sleep: async (ms: number) => void (await clock.advance(ms)) },
  };
}

async function withEvents(): Promise<Corridor> {
  const corridor = createCorridor({ source });
  const known = [
    { member: 'ann', phone: '1' },
    { member: 'ann', phone: '2' },
    { member: 'bob', phone: '2' },
  ];
  for (const [index, who] of known.entries()) {
    await corridor.receive({ messageId: `m-${index}`, eventName: 'LevelChanged', ...who });
  }
  await corridor.route();
  return corridor;
}

describe('forgetting a member', () => {
  it('erases her by any identifier that is hers alone', async () => {
    const corridor = await withEvents();
    const forgotten = await forgetMember('phone:1', toolsOf(corridor));
    expect(forgotten).toEqual({
      ...{ member: 'de/ann', sharedWith: ['de/bob'], isDone: true },
      ...{ events: 2, deliveries: 2, attempts: 0, facts: 0, aliases: 2 },
    });
    await corridor.deliver();
    expect(corridor.destination.sent.map(({ eventId }) => eventId)).toEqual([3]);
    const lines = corridor.log.lines.filter(({ fields }) => fields['stage'] === 'forget');
    expect(lines).toMatchObject([{ level: 'info', fields: { n: 2 } }]);
    expect(JSON.stringify(lines)).not.toContain('ann');
  });

  it('wants a key when an identifier is shared', async () => {
    const corridor = await withEvents();
    await expect(memberMeant('2', corridor)).rejects.toMatchObject({
      code: 'API_AMBIGUOUS',
      message: '2 leads to 2 members: de/ann, de/bob',
    });
    await expect(forgetMember('2', toolsOf(corridor))).rejects.toMatchObject({ code: 'API_AMBIGUOUS' });
    expect(await corridor.store.forgettings()).toEqual([]);
    expect(await memberMeant('de/bob', corridor)).toMatchObject({ member: 'de/bob' });
  });

  it("takes a key for a key, although it is another one's identifier too", async () => {
    const corridor = createCorridor({ source });
    await corridor.receive({ messageId: 'm-1', member: 'phone:5' });
    await corridor.receive({ messageId: 'm-2', member: 'cy', phone: '5' });
    expect(await memberMeant('de/phone:5', corridor)).toEqual({ member: 'de/phone:5', sharedWith: ['de/cy'] });
  });

  it('knows nobody by what nobody has', async () => {
    const corridor = await withEvents();
    await expect(forgetMember('nobody', toolsOf(corridor))).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
  });

  it('waits for the answer of what is in flight', async () => {
    const corridor = await withEvents();
    const { promise, resolve } = Promise.withResolvers<typeof DELIVERED>();
    corridor.destination.next(() => promise);
    await corridor.deliverer.step();
    const forgetting = forgetMember('de/ann', toolsOf(corridor));
    for (let turn = 0; turn < 20; turn++) await corridor.clock.advance(10);
    resolve(DELIVERED);
    expect(await forgetting).toMatchObject({ isDone: true, events: 2, attempts: 1 });
  });

  it('says so when that takes long, and goes on by itself', async () => {
    const corridor = await withEvents();
    const { promise, resolve } = Promise.withResolvers<typeof DELIVERED>();
    corridor.destination.next(() => promise);
    await corridor.deliverer.step();
    const tools = toolsOf(corridor);
    expect(await forgetMember('de/ann', tools)).toMatchObject({ isDone: false, events: 1 });
    expect(await resumeForgetting(tools)).toBe(0);
    resolve(DELIVERED);
    await corridor.deliverer.drained();
    expect(await resumeForgetting(tools)).toBe(1);
    expect(await corridor.store.knownMembers('de/ann')).toEqual([]);
    expect(await resumeForgetting(tools)).toBe(0);
  });
});
