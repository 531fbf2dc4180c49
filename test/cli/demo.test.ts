import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { castInto, emptyWorld, firstNameIn } from '../../src/cli/demo/cast.ts';
import { configText, doorUrl } from '../../src/cli/demo/config-text.ts';
import { liveDisplay, type Output, plainDisplay } from '../../src/cli/demo/display.ts';
import { copyMappings, SUBSCRIBED } from '../../src/cli/demo/mapping-files.ts';
import { postedWebhooks } from '../../src/cli/demo/posted.ts';
import { rehearse } from '../../src/cli/demo/rehearsal.ts';
import { type DemoOptions, runDemo } from '../../src/cli/demo/run-demo.ts';
import { scenario } from '../../src/cli/demo/scenario.ts';
import { screenLines } from '../../src/cli/demo/screen.ts';
import type { DemoState } from '../../src/cli/demo/state.ts';
import type { WatchedDelivery } from '../../src/cli/demo/watch.ts';
import { readConfigFile } from '../../src/runtime/config-file.ts';
import { systemClock } from '../../src/runtime/system.ts';
import type { WebhookDelivery } from '../../src/sandbox/open-loyalty/webhooks/delivery.ts';
import type { WorldEvent } from '../../src/sandbox/open-loyalty/world/event.ts';
import { createWorld } from '../../src/sandbox/open-loyalty/world.ts';

const NOW_MS = Date.parse('2026-02-11T09:30:00+01:00');
const DAY_MS = 86_400_000;
const SCENES = scenario({ outageMs: 20_000 });
const STEPS = SCENES.flatMap(({ steps }) => steps);
const TOLD = rehearse(SCENES, NOW_MS);

const FOLDER = mkdtempSync(join(tmpdir(), 'pointsman-test-'));
copyMappings(FOLDER);
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function theCast(nowMs = NOW_MS) {
  return castInto(createWorld({ ...emptyWorld(), nowMs }), nowMs);
}

describe('the cast', () => {
  const { world, tenant, members } = theCast();

  it('begins in the tiers that its past has earned', () => {
    const tiers = Object.values(members).map(({ profile, standing }) => `${profile.firstName} ${standing.tier.name}`);
    expect(tiers).toEqual([
      'Ann Silver',
      'Bob Basic',
      'Carla Basic',
      'Dan Gold',
      'Emma Basic',
      'Finn Basic',
      'Grace Basic',
      'Hugo Silver',
    ]);
  });

  it('is known by first name; a stranger by the identifier that the key holds', () => {
    expect(firstNameIn(world, `${tenant.storeCode}/${members.ann.customerId}`)).toBe('Ann');
    expect(firstNameIn(world, 'DEFAULT/card:LC-9')).toBe('card:LC-9');
    expect(firstNameIn(world, null)).toBe('-');
  });
});

describe('the scenario', () => {
  it('tells every event that is subscribed', () => {
    expect(new Set(TOLD.map(({ name }) => name))).toEqual(new Set(SUBSCRIBED));
  });

  it('shows every way a delivery can go', () => {
    const kinds = STEPS.map(({ kind }) => kind);
    for (const kind of ['seed-facts', 'send-next-twice', 'refuse-next', 'outage']) expect(kinds).toContain(kind);
    expect(kinds.slice(kinds.indexOf('outage')).filter((kind) => kind === 'happen')).toHaveLength(24);
    expect(TOLD.length - new Set(TOLD).size).toBe(1);
  });

  it('reminds members of what they lose, one whom no event has mentioned among them', () => {
    const { world } = theCast();
    const reminders = TOLD.filter(({ name }) => name.endsWith('WillExpire'));
    const whose = reminders.map(({ name, customerId }) => `${name} ${firstNameIn(world, customerId)}`);
    expect(whose).toEqual(['PointsWillExpire Bob', 'PointsWillExpire Carla', 'LevelWillExpire Dan']);
    const before = TOLD.slice(
      0,
      TOLD.findIndex(({ name }) => name === 'PointsWillExpire'),
    );
    expect(before.map(({ customerId }) => firstNameIn(world, customerId))).not.toContain('Carla');
  });

  it('is the same on every day of the year, at any hour', () => {
    const names = (nowMs: number) => rehearse(SCENES, nowMs).map(({ name, customerId }) => `${name} ${customerId}`);
    const expected = names(NOW_MS);
    for (let day = 0; day < 366; day += 1) {
      // A day and an hour further each time, so that every hour has its turn.
      const nowMs = NOW_MS + day * (DAY_MS + 3_600_000);
      expect(names(nowMs), new Date(nowMs).toISOString()).toEqual(expected);
    }
  });

  it('has captions that fit a narrow terminal', () => {
    for (const { caption } of SCENES) expect(caption.length, caption).toBeLessThanOrEqual(80);
  });
});

describe('what Open Loyalty has sent', () => {
  const { world, members } = theCast();
  const sent = (of: Partial<WebhookDelivery>): WebhookDelivery => ({
    seq: 1,
    eventName: 'LevelWillExpire',
    storeCode: 'DEFAULT',
    messageId: 'm-1',
    customerId: members.dan.customerId,
    subscriptionId: 's-1',
    url: '',
    body: '',
    faults: [],
    requests: [{ requestId: 'r-1', sentAtMs: NOW_MS, status: 202, error: null }],
    outcome: 'answered',
    ...of,
  });

  it('is told with whom it is about and whether it was sent before', () => {
    const bobs = { messageId: 'm-2', eventName: 'PointsWillExpire', customerId: members.bob.customerId };
    const dropped = { messageId: 'm-3', eventName: 'RewardCreated', customerId: null, requests: [] };
    expect(postedWebhooks([sent({}), sent(bobs), sent({}), sent(dropped)], world)).toEqual([
      { eventName: 'LevelWillExpire', about: 'Dan', status: 202, again: false },
      { eventName: 'PointsWillExpire', about: 'a wallet of Bob', status: 202, again: false },
      { eventName: 'LevelWillExpire', about: 'Dan', status: 202, again: true },
      { eventName: 'RewardCreated', about: 'nobody', status: null, again: false },
    ]);
  });
});

describe('the screen', () => {
  const WIDE = { columns: 120, rows: 40 };

  it('says what is to be seen, what came in, and where each delivery stands and why', () => {
    const deliveries = [
      delivery(3, { status: 'pending', attempts: 3, code: 'DELIVERY_UNAVAILABLE', dueAtMs: NOW_MS + 3_900 }),
      delivery(2, { status: 'dead', attempts: 1, code: 'DELIVERY_REJECTED', detail: 'Not authorized' }),
      delivery(1, { status: 'delivered', attempts: 1 }),
    ];
    const posted = [{ eventName: 'CustomerLevelChanged', about: 'Ann', status: 202, again: true }];
    expect(screenLines(state({ deliveries, posted, caption: 'Ann reaches Gold.' }), WIDE).slice(0, 7)).toEqual([
      'Ann reaches Gold.',
      'POST CustomerLevelChanged, about Ann, once more: 202',
      '',
      'ID     EVENT                 MEMBER  MAPPING      STATUS     TRIES  WHY',
      'dlv_3  CustomerLevelChanged  Ann     tier-change  pending    3      again in 4 s: DELIVERY_UNAVAILABLE',
      'dlv_2  CustomerLevelChanged  Ann     tier-change  dead       1      Not authorized',
      'dlv_1  CustomerLevelChanged  Ann     tier-change  delivered  1',
    ]);
  });

  it.each<[string, Partial<WatchedDelivery>]>([
    ['on its way', { status: 'pending', attempts: 1, code: 'DELIVERY_UNAVAILABLE', dueAtMs: NOW_MS + 75_000 }],
    ['behind an earlier one', { status: 'pending', blockedBy: 1 }],
    ['whose wallet it is, nothing has told yet', { status: 'waiting' }],
    ['its condition says no', { status: 'skipped', reason: 'condition' }],
  ])('explains "%s"', (why, of) => {
    expect(screenLines(state({ deliveries: [delivery(1, of)] }), WIDE)[4]).toMatch(new RegExp(`${why}$`));
  });

  it('counts down an outage and shows how far the webhooks have come', () => {
    const stats = {
      ...STATS,
      received: 8,
      duplicates: 1,
      unrouted: 2,
      deliveries: { ...STATS.deliveries, delivered: 4 },
    };
    // Two deliveries of one event that is still open.
    const deliveries = [delivery(1, {}), ...[2, 3].map((id) => delivery(id, { eventId: 2, status: 'pending' }))];
    const lines = screenLines(state({ stats, deliveries, planned: 12, outageEndsAtMs: NOW_MS + 12_300 }), WIDE);
    expect(lines.at(-2)).toBe(`${'█'.repeat(12)}${'░'.repeat(12)}  6 of 12 settled   Bloomreach is down, 13 s to go`);
    expect(lines.at(-1)).toBe('delivered 4  duplicate 1');
  });

  it.each([
    { columns: 120, rows: 40 },
    { columns: 80, rows: 24 },
    { columns: 40, rows: 11 },
    { columns: 10, rows: 8 },
  ])('never grows beyond $columns × $rows', (size) => {
    const detail = `Bloomreach answered 400:\n${'x'.repeat(300)}`;
    const deliveries = Array.from({ length: 60 }, (_, index) => delivery(60 - index, { status: 'dead', detail }));
    const lines = screenLines(state({ deliveries, caption: 'c'.repeat(300), outageEndsAtMs: NOW_MS + 1 }), size);
    expect(lines.length).toBeLessThanOrEqual(size.rows);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(size.columns);
      expect(line).not.toContain('\n');
    }
  });

  it('brings an old delivery back into sight when it changes', () => {
    const deliveries = Array.from({ length: 60 }, (_, index) =>
      delivery(60 - index, { changed: index === 59 ? 9 : 1 }),
    );
    const lines = screenLines(state({ deliveries }), WIDE).filter((line) => line.startsWith('dlv_'));
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toMatch(/^dlv_1 /);
  });

  it('takes what could steer the terminal out of what came from outside', () => {
    const who = '\u001b[2Jeve';
    expect(screenLines(state({ deliveries: [delivery(1, { who })] }), WIDE).join('')).not.toContain('\u001b[2J');
  });
});

describe('the displays', () => {
  it('redraws in place, only when something differs, and gives the cursor back', () => {
    const { output, written } = recorder();
    const display = liveDisplay(output);
    display.print(['hello']);
    display.update(state({ caption: 'one' }));
    const drawn = written.length;
    display.update(state({ caption: 'one' }));
    expect(written).toHaveLength(drawn);
    display.update(state({ caption: 'two' }));
    expect(written.at(-1)).toContain('\r\u001b[7Atwo');
    display.close();
    expect(written.at(-1)).toBe('\u001b[?25h');
  });

  it('tells without a terminal what happened, once, and with no escape codes', () => {
    const { output, written } = recorder();
    const display = plainDisplay(output);
    const posted = [{ eventName: 'LevelWillExpire', about: 'Dan', status: 202, again: false }];
    display.update(state({ caption: 'one', posted, deliveries: [delivery(1, { status: 'pending' })] }));
    display.update(state({ caption: 'one', posted, deliveries: [delivery(1, { attempts: 1, changed: 2 })] }));
    display.update(state({ caption: 'one', posted, deliveries: [delivery(1, { attempts: 1, changed: 2 })] }));
    expect(written.join('').split('\n')).toEqual([
      '',
      'one',
      '   1.5 s  webhook    LevelWillExpire, about Dan: 202',
      '   1.5 s  delivered  dlv_1  CustomerLevelChanged → tier-change, Ann, 1 try',
      '',
    ]);
  });
});

describe('the folder of a demo', () => {
  const LONG = '0123456789abcdef';

  it('holds a good config that keeps secrets as they are, and mappings to edit', () => {
    const webhook = `whsec_${LONG.repeat(4)}`;
    const secrets = { admin: `a"b${LONG}`, webhook, openLoyalty: `-o: #${LONG}`, bloomreach: `\${HOME}${LONG}` };
    const file = join(FOLDER, 'config.yaml');
    const urls = { openLoyaltyUrl: 'http://127.0.0.1:1', bloomreachUrl: 'http://127.0.0.1:2' };
    writeFileSync(file, configText({ port: 4711, ...urls, secrets }));
    const read = readConfigFile(file, 'error');
    expect(read.lints).toEqual([]);
    if (!read.ok) return;
    expect(read.config.api.tokens).toMatchObject([{ token: secrets.admin }]);
    const url = doorUrl('http://127.0.0.1:4711');
    expect(read.config.sources.get('open-loyalty')).toMatchObject({
      verify: { type: 'hmac', url, secrets: [webhook] },
      api: { url: urls.openLoyaltyUrl, token: secrets.openLoyalty },
    });
    expect(read.config.destinations.get('bloomreach')).toMatchObject({ apiSecret: secrets.bloomreach });
    expect(existsSync(join(read.config.mappings.dir, 'tier-change.yaml'))).toBe(true);
    expect(existsSync(join(read.config.mappings.dir, '../schemas/mapping.schema.json'))).toBe(true);
  });

  it('maps every subscribed event, to one delivery or two, but for the one that nobody takes', () => {
    const counts = SUBSCRIBED.map((name) => [name, mappingsOf(name)]);
    expect(counts.filter(([, count]) => count !== 1)).toEqual([
      ['AvailablePointsAmountChanged', 2],
      ['RewardCreated', 0],
    ]);
  });
});

describe('pointsman demo', () => {
  const run = (options: Partial<DemoOptions> = {}) => {
    const { output, written } = recorder();
    const signal = new AbortController().signal;
    const times = { pace: 0.15, outageMs: 2_000, settleWithinMs: 60_000 };
    const base = { once: true, display: plainDisplay(output), clock: systemClock, signal, ...times };
    return runDemo({ ...base, ...options }).then((end) => ({ ...end, written: written.join('') }));
  };

  it('ends when all has settled, with the numbers of what happened, and leaves nothing behind', async () => {
    const { settled, summary, dir, written } = await run();
    const events = [...new Set(TOLD)];
    const skipped = events.filter(isSpending).length;
    const delivered = events.reduce((sum, { name }) => sum + mappingsOf(name), 0) - skipped - 1;
    expect(settled).toBe(true);
    expect(summary).toEqual({
      received: events.length,
      delivered,
      retried: Object.keys(theCast().members).length,
      dead: 1,
      skipped,
      unmatched: events.filter(({ name }) => name === 'RewardCreated').length,
      duplicates: TOLD.length - events.length,
    });
    expect(written).toMatch(/waiting .*dlv_\w+ {2}PointsWillExpire/);
    expect(written).toMatch(/delivered .*dlv_\w+ {2}PointsWillExpire → points-expiring, Carla/);
    expect(written).toMatch(/dead .*Emma, 1 try, .*Not authorized to add event of specified type/);
    expect(written).toContain(`Summary  received ${events.length}, delivered ${delivered}`);
    expect(existsSync(dir)).toBe(false);
  });

  it('says so when its time is up, and keeps its folder to look into', async () => {
    const { settled, dir } = await run({ settleWithinMs: 0 });
    expect({ settled, kept: existsSync(join(dir, 'pointsman.log')) }).toEqual({ settled: false, kept: true });
    rmSync(dir, { recursive: true });
  });

  it('ends early when it is told to, even when nothing is open just then', async () => {
    const stopping = new AbortController();
    const { output } = recorder((text) => text.includes('delivered') && stopping.abort());
    const { settled, dir } = await run({ display: plainDisplay(output), signal: stopping.signal });
    expect({ settled, kept: existsSync(dir) }).toEqual({ settled: false, kept: false });
  });

  it('stays up with something to try next, until it is told to stop', async () => {
    const stopping = new AbortController();
    const settled = Promise.withResolvers<void>();
    const { output, written } = recorder((text) => text.includes('All has settled') && settled.resolve());
    const display = plainDisplay(output);
    const running = run({ pace: 0, outageMs: 1, once: false, display, signal: stopping.signal });
    try {
      await Promise.race([settled.promise, running]);
      await tryHints(written.join(''));
    } finally {
      stopping.abort();
    }
    expect(existsSync((await running).dir)).toBe(false);
  });
});

/** Does what the hints say, as far as it needs no other process. */
async function tryHints(text: string): Promise<void> {
  for (const command of ['deliveries list', 'deliveries show dlv_', 'events unmatched', 'faults', 'export-one']) {
    expect(text).toContain(command);
  }
  const [mapping = ''] = /\S+tier-change\.yaml/.exec(text) ?? [];
  expect(existsSync(mapping)).toBe(true);
  const post = (url: RegExp, body: string) => fetch(url.exec(text)?.[0] ?? '', { method: 'POST', body });
  expect(await post(/http:\S+webhooks\/open-loyalty/, '{}')).toMatchObject({ status: 401 });
  const activity = await post(/http:\S+_sandbox\/activity/, '{"count":20}');
  expect(((await activity.json()) as { readonly messages: number }).messages).toBeGreaterThan(0);
}

/** How many of the demo's mappings take an event. */
function mappingsOf(eventName: string): number {
  const dir = join(FOLDER, 'mappings');
  const documents = readdirSync(dir).flatMap((file) => parseAllDocuments(readFileSync(join(dir, file), 'utf8')));
  return documents.filter((document) => document.get('event') === eventName).length;
}

/** What points-earned skips. */
function isSpending({ name, data }: WorldEvent): boolean {
  return name === 'AvailablePointsAmountChanged' && JSON.stringify(data).includes('"subtract"');
}

const STATS: DemoState['stats'] = {
  received: 0,
  duplicates: 0,
  unmatched: 0,
  failed: 0,
  retried: 0,
  unrouted: 0,
  deliveries: { waiting: 0, pending: 0, delivered: 0, dead: 0, skipped: 0, shadowed: 0, canceled: 0 },
  attempts: { delivered: 0, rejected: 0, transient: 0, ambiguous: 0, unauthorized: 0 },
};

function state(of: Partial<DemoState>): DemoState {
  const times = { nowMs: NOW_MS, startedAtMs: NOW_MS - 1_500, outageEndsAtMs: null };
  return { caption: '', posted: [], planned: 0, stats: STATS, deliveries: [], ...times, ...of };
}

function delivery(id: number, of: Partial<WatchedDelivery>): WatchedDelivery {
  return {
    id,
    eventId: id,
    event: 'CustomerLevelChanged',
    mapping: 'tier-change',
    mappingVersion: 'abc',
    destination: 'bloomreach',
    endpoint: 'event',
    member: 'DEFAULT/c-1',
    who: 'Ann',
    status: 'delivered',
    reason: null,
    code: null,
    detail: null,
    attempts: 0,
    part: 0,
    run: 0,
    blockedBy: null,
    createdAtMs: NOW_MS,
    dueAtMs: null,
    changed: 1,
    ...of,
  };
}

/** An output of 120 × 40 that remembers what was written. */
function recorder(onWrite: (text: string) => unknown = () => undefined) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => {
    written.push(String(text));
    onWrite(String(text));
    return true;
  };
  const output: Output = { columns: 120, rows: 40, write };
  return { output, written };
}
