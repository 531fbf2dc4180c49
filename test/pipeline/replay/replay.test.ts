import { describe, expect, it } from 'vitest';
import { lookAtReplay } from '../../../src/pipeline/replay/replay-look.ts';
import type { ReplayChoice } from '../../../src/ports/replays.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { requests } from '../../support/fake-engine.ts';
import { replayingOver } from '../../support/replaying.ts';
import { aMapping } from '../../support/samples.ts';
import { REJECTED } from '../../support/scripted-destination.ts';

const DEAD: ReplayChoice = { mode: 'redeliver', selection: { kind: 'delivery-filter', filter: {} }, mapping: null };
const ALL: ReplayChoice = { mode: 'reprocess', selection: { kind: 'event-filter', filter: {} }, mapping: null };

const level = (messageId: string) => ({ messageId, eventName: 'LevelChanged', member: 'ann' });

/** Events of one member, each of them refused or taken. */
async function withEvents(count: number, answer: 'refused' | 'taken' | 'not sent'): Promise<Corridor> {
  const corridor = createCorridor();
  for (let index = 1; index <= count; index++) {
    await corridor.receive(level(`m-${index}`));
    await corridor.route();
    if (answer === 'refused') corridor.destination.next(() => REJECTED);
    if (answer !== 'not sent') await corridor.deliver();
  }
  return corridor;
}

async function statuses({ all }: Corridor): Promise<readonly string[]> {
  return (await all()).map(({ status, run }) => `${status} ${run}`);
}

describe('redelivering', () => {
  it('sends dead letters again, the same bytes, and says so', async () => {
    const corridor = await withEvents(3, 'refused');
    const replaying = replayingOver(corridor);
    const replay = await replaying.desk.start(DEAD, null);
    expect(replay).toMatchObject({ total: 3, status: 'running', selection: { filter: { status: 'dead' } } });
    expect(replaying.hints.replay).toBe(1);
    expect(await replaying.finish(replay)).toMatchObject({ status: 'done', looked: 3, replayed: 3 });
    expect(replaying.hints.routed).toBe(1);
    await corridor.deliver();
    expect(await statuses(corridor)).toEqual(['delivered 0', 'delivered 0', 'delivered 0']);
    const sent = corridor.destination.sent.map(({ request }) => request);
    expect(sent.slice(3)).toEqual(sent.slice(0, 3));
    const lines = corridor.log.lines.filter(({ fields }) => fields['stage'] === 'replay');
    expect(lines.map(({ level }) => level)).toEqual(['info', 'info']);
  });

  it('keeps to its rate', async () => {
    const corridor = await withEvents(5, 'refused');
    const replaying = replayingOver(corridor);
    const { id } = await replaying.desk.start(DEAD, 2);
    const looked: number[] = [];
    for (let half = 0; half < 6; half++) {
      await replaying.replayer.step();
      looked.push((await replaying.desk.find(id))?.looked ?? -1);
      await corridor.clock.advance(500);
    }
    expect(looked).toEqual([1, 2, 3, 4, 5, 5]);
  });

  it('gains nothing for a time in which it was paused beyond a second', async () => {
    const corridor = await withEvents(9, 'refused');
    const replaying = replayingOver(corridor);
    const { id } = await replaying.desk.start(DEAD, 2);
    await replaying.replayer.step();
    await replaying.desk.change(id, 'pause');
    await corridor.clock.advance(60_000);
    expect(await replaying.replayer.step()).toBe(0);
    await replaying.desk.change(id, 'resume');
    await replaying.replayer.step();
    expect((await replaying.desk.find(id))?.looked).toBe(3);
  });

  it('takes delivered ones only when they are asked for, and warns', async () => {
    const corridor = await withEvents(2, 'taken');
    const { desk } = replayingOver(corridor);
    await expect(desk.start(DEAD, null)).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
    const selection = { kind: 'delivery-filter', filter: { status: 'delivered' } } as const;
    const look = await desk.look({ ...DEAD, selection });
    expect(look).toMatchObject({ total: 2, refused: 0, lookedAt: 2, outcome: null });
    expect(look.warnings).toEqual([
      '2 of those looked at were delivered already: what a destination drops as a repeat may still start its campaigns again.',
      '2 of those looked at: bloomreach.event takes every repeat.',
    ]);
    expect(await desk.list({ before: null, limit: 5 })).toEqual({ items: [], nextBefore: null });
  });

  it.each<[string, ReplayChoice, object]>([
    ['no ids', { ...DEAD, selection: { kind: 'deliveries', ids: [] } }, { code: 'API_BAD_REQUEST' }],
    [
      'too many ids',
      { ...DEAD, selection: { kind: 'deliveries', ids: Array(10_001).fill(1) } },
      { code: 'API_BAD_REQUEST' },
    ],
    ['ids that are not there', { ...DEAD, selection: { kind: 'deliveries', ids: [7] } }, { code: 'API_NOT_FOUND' }],
    [
      'open ones',
      { ...DEAD, selection: { kind: 'delivery-filter', filter: { status: 'pending' } } },
      { code: 'API_BAD_FILTER' },
    ],
    [
      'waiting ones',
      { ...DEAD, selection: { kind: 'delivery-filter', filter: { status: 'waiting' } } },
      { code: 'API_BAD_FILTER' },
    ],
    ['events', { ...DEAD, selection: { kind: 'events', ids: [1] } }, { code: 'API_BAD_REQUEST' }],
    ['a mapping to run', { ...DEAD, mapping: 'all' }, { code: 'API_BAD_REQUEST' }],
    ['a mapping that is not there', { ...ALL, mapping: 'never' }, { code: 'API_BAD_REQUEST' }],
  ])('refuses %s', async (_name, choice, error) => {
    const { desk } = replayingOver(await withEvents(1, 'taken'));
    await expect(desk.start(choice, null)).rejects.toMatchObject(error);
    if (choice.selection.kind !== 'deliveries' || choice.selection.ids.length !== 1) {
      await expect(desk.look(choice)).rejects.toMatchObject(error);
    }
  });

  it('says that what never had a request must be reprocessed', async () => {
    const corridor = createCorridor();
    corridor.engine.use(() => ({ kind: 'failed', code: 'TRANSFORM_ERROR', message: 'no', path: null }));
    await corridor.receive(level('m-1'));
    await corridor.route();
    const { desk } = replayingOver(corridor);
    expect(await desk.look(DEAD)).toMatchObject({ total: 1, refused: 1 });
    await expect(desk.start(DEAD, null)).rejects.toMatchObject({ code: 'API_BAD_REQUEST' });
    await expect(desk.start(DEAD, null)).rejects.toThrow('reprocess the events instead');
  });

  it('can be ended, once', async () => {
    const { desk } = replayingOver(await withEvents(2, 'refused'));
    const { id } = await desk.start(DEAD, null);
    expect(await desk.change(id, 'cancel')).toMatchObject({ status: 'canceled' });
    await expect(desk.change(id, 'resume')).rejects.toMatchObject({ code: 'API_CONFLICT' });
    await expect(desk.change(99, 'pause')).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
  });

  it('is not begun again while the same goes on', async () => {
    const { desk } = replayingOver(await withEvents(2, 'refused'));
    const { id } = await desk.start(DEAD, 1);
    await expect(desk.start(DEAD, null)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    await desk.change(id, 'cancel');
    expect(await desk.start(DEAD, null)).toMatchObject({ status: 'running' });
  });
});

describe('reprocessing', () => {
  it('takes what no mapping wanted to a mapping that was added', async () => {
    const corridor = createCorridor({ mappings: [] });
    await corridor.receive(level('m-1'));
    await corridor.receive(level('m-2'));
    await corridor.route();
    corridor.useMappings(aMapping());
    const replaying = replayingOver(corridor);
    const selection = { kind: 'event-filter', filter: { status: 'unmatched' } } as const;
    const look = await replaying.desk.look({ ...ALL, selection });
    expect(look.outcome).toEqual({ newlySent: 2, changed: 0, unchanged: 0, canceled: 0, notSent: 0, refused: 0 });
    expect(look.warnings).toEqual([]);
    const replay = await replaying.desk.start({ ...ALL, selection }, null);
    expect(await replaying.finish(replay)).toMatchObject({ status: 'done', looked: 2, replayed: 2 });
    await corridor.deliver();
    expect(corridor.destination.sent.map(({ eventId }) => eventId)).toEqual([1, 2]);
    expect((await corridor.store.events({ status: 'unmatched' }, { before: null, limit: 5 })).items).toEqual([]);
  });

  it('writes nothing where today makes the same bytes', async () => {
    const corridor = await withEvents(2, 'taken');
    const replaying = replayingOver(corridor);
    const replay = await replaying.desk.start(ALL, null);
    expect(await replaying.finish(replay)).toMatchObject({ status: 'done', replayed: 0, unchanged: 2 });
    expect(await statuses(corridor)).toEqual(['delivered 0', 'delivered 0']);
    expect(replaying.hints.routed).toBe(0);
  });

  it('shows and warns what would be kept twice, before and while', async () => {
    const corridor = await withEvents(1, 'taken');
    corridor.engine.use(() => requests({ ...level('m-1'), tier: 'Gold' }));
    const replaying = replayingOver(corridor);
    const look = await replaying.desk.look(ALL);
    expect(look.outcome).toMatchObject({ newlySent: 0, changed: 1 });
    expect(look.samples).toMatchObject([{ event: 1, kind: 'changed', mapping: 'all', part: 0 }]);
    expect(look.samples[0]?.fields).toContainEqual({ path: 'tier', before: undefined, after: 'Gold' });
    expect(look.warnings[0]).toContain('1 of those looked at were delivered before with other bytes');
    await replaying.finish(await replaying.desk.start(ALL, null));
    expect(await statuses(corridor)).toEqual(['delivered 0', 'pending 1']);
    const warned = corridor.log.lines.filter(({ level: severity }) => severity === 'warn');
    expect(warned).toMatchObject([{ fields: { stage: 'replay', changed: 1 } }]);
  });

  it('recalls the facts of today, with the clock of the event', async () => {
    const corridor = await withEvents(1, 'taken');
    await corridor.clock.advance(99_000_000);
    const replaying = replayingOver(corridor);
    await replaying.finish(await replaying.desk.start(ALL, null));
    const [first, again] = corridor.engine.jobs;
    expect(again).toEqual(first);
  });

  it('refuses what the door found too deep, and says how many', async () => {
    const corridor = createCorridor();
    const deep = `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`;
    await corridor.receive(deep);
    await corridor.receive(level('m-2'));
    await corridor.route();
    const replaying = replayingOver(corridor);
    expect((await replaying.desk.look(ALL)).outcome).toMatchObject({ refused: 1, unchanged: 1 });
    const replay = await replaying.desk.start(ALL, null);
    expect(await replaying.finish(replay)).toMatchObject({ status: 'done', looked: 2, refused: 1 });
  });

  it('looks closely at the first two hundred only', async () => {
    const corridor = createCorridor({ mappings: [] });
    for (let index = 0; index < 210; index++) await corridor.receive(level(`m-${index}`));
    await corridor.route();
    corridor.useMappings(aMapping());
    const look = await replayingOver(corridor).desk.look(ALL);
    expect(look).toMatchObject({ total: 210, lookedAt: 200, outcome: { newlySent: 200 } });
    expect(look.samples).toHaveLength(10);
  });

  it('runs one mapping when it is told to', async () => {
    const corridor = createCorridor({ mappings: [] });
    await corridor.receive(level('m-1'));
    await corridor.route();
    corridor.useMappings(aMapping(), aMapping({ id: 'b' }));
    const replaying = replayingOver(corridor);
    await replaying.finish(await replaying.desk.start({ ...ALL, mapping: 'b' }, null));
    expect((await corridor.all()).map(({ mapping }) => mapping)).toEqual(['b']);
  });

  it('counts nothing that is stored after it was ordered', async () => {
    const corridor = await withEvents(2, 'taken');
    const { desk } = replayingOver(corridor);
    const look = await lookAtReplay(ALL, {
      ...corridor,
      ruleSet: corridor.ruleSet,
      endpoint: () => null,
      memberIdKind: 'email',
      facts: (keys) => corridor.store.facts(keys),
    });
    expect(look).toMatchObject({ total: 2, upTo: 2 });
    const { id } = await desk.start(ALL, 1);
    await corridor.receive(level('m-late'));
    expect(await desk.find(id)).toMatchObject({ total: 2, upTo: 2 });
  });
});
