import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterEach, describe, expect, it } from 'vitest';
import { configText } from '../../src/cli/demo/config-text.ts';
import { liveDisplay, type Output, plainDisplay } from '../../src/cli/demo/display.ts';
import { MEMBERS } from '../../src/cli/demo/members.ts';
import { type DemoOptions, runDemo } from '../../src/cli/demo/run-demo.ts';
import { countWebhooks, scenario } from '../../src/cli/demo/scenario.ts';
import { screenLines } from '../../src/cli/demo/screen.ts';
import { messageOf } from '../../src/cli/demo/sender.ts';
import type { DemoState } from '../../src/cli/demo/state.ts';
import type { WatchedDelivery } from '../../src/cli/demo/watch.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { readConfigFile } from '../../src/runtime/config-file.ts';
import { systemClock } from '../../src/runtime/system.ts';
import { openLoyaltyCatalogue } from '../../src/sources/open-loyalty/catalogue.ts';

const NOW_MS = Date.parse('2026-02-11T09:30:00+01:00');
const SCENES = scenario({ nowMs: NOW_MS, outageMs: 20_000 });
const STEPS = SCENES.flatMap(({ steps }) => steps);
const WEBHOOKS = STEPS.flatMap((step) => (step.kind === 'send' ? [step.webhook] : []));

describe('the scenario', () => {
  const { events } = openLoyaltyCatalogue();
  const documented = WEBHOOKS.filter(({ eventName }) => events.has(eventName));

  it('holds exactly one event that Open Loyalty does not document', () => {
    const others = WEBHOOKS.filter((webhook) => !documented.includes(webhook));
    expect(others.map(({ eventName }) => eventName)).toEqual(['BadgeWasGranted']);
  });

  it('sends every other event in the shape that Open Loyalty documents, and no field more', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    for (const webhook of documented) {
      const schema = events.get(webhook.eventName) ?? {};
      const message = withoutNulls({ ...messageOf(webhook, NOW_MS) });
      expect(ajv.validate(schema, message), `${webhook.eventName}: ${ajv.errorsText()}`).toBe(true);
      expect(ajv.validate(closed(schema), message), `${webhook.eventName}: ${ajv.errorsText()}`).toBe(true);
    }
  });

  it('gives each message an id of its own', () => {
    const ids = WEBHOOKS.map((webhook) => messageOf(webhook, NOW_MS).messageId);
    expect(new Set(ids).size).toBe(WEBHOOKS.length);
  });

  it('shows every way a delivery can go', () => {
    expect(new Set(documented.map(({ eventName }) => eventName))).toEqual(
      new Set(['CustomerLevelChanged', 'AvailablePointsAmountChanged', 'PointsWillExpire', 'LevelWillExpire']),
    );
    const kinds = STEPS.map(({ kind }) => kind);
    for (const kind of ['send-again', 'refuse-next', 'outage']) expect(kinds).toContain(kind);
    expect(kinds.slice(kinds.indexOf('outage')).filter((kind) => kind === 'send')).toHaveLength(40);
  });

  it('has captions that fit a narrow terminal', () => {
    for (const { caption } of SCENES) expect(caption.length, caption).toBeLessThanOrEqual(80);
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
    const posted = [{ eventName: 'CustomerLevelChanged', about: 'Ann', status: 202, duplicate: true }];
    expect(screenLines(state({ deliveries, posted, caption: 'Ann reaches Gold.' }), WIDE).slice(0, 7)).toEqual([
      'Ann reaches Gold.',
      'POST CustomerLevelChanged, about Ann: 202, duplicate',
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
    const stats = { ...STATS, received: 9, duplicates: 1, deliveries: { ...STATS.deliveries, delivered: 4 } };
    const lines = screenLines(state({ stats, planned: 10, outageEndsAtMs: NOW_MS + 12_300 }), WIDE);
    expect(lines.at(-2)).toBe(`${'█'.repeat(12)}${'░'.repeat(12)}  5 of 10 settled   Bloomreach is down, 13 s to go`);
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
    const member = 'DEFAULT/\u001b[2Jeve';
    expect(screenLines(state({ deliveries: [delivery(1, { member })] }), WIDE).join('')).not.toContain('\u001b[2J');
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
    const posted = [{ eventName: 'LevelWillExpire', about: 'Dan', status: 202, duplicate: false }];
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

describe('the config of a demo', () => {
  const LONG = '0123456789abcdef';
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-test-'));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('is a good one, and keeps secrets as they are', () => {
    const secrets = { admin: `a"b${LONG}`, webhook: `-w: #${LONG}`, bloomreach: `\${HOME}${LONG}` };
    const file = join(dir, 'config.yaml');
    writeFileSync(file, configText({ port: 0, sandboxUrl: 'http://127.0.0.1:1', secrets }));
    const read = readConfigFile(file, 'error');
    expect(read.lints).toEqual([]);
    if (!read.ok) return;
    expect(read.config.api.tokens).toMatchObject([{ token: secrets.admin }]);
    expect(read.config.sources.get('open-loyalty')?.verify).toMatchObject({ value: secrets.webhook });
    expect(read.config.destinations.get('bloomreach')).toMatchObject({ apiSecret: secrets.bloomreach });
    expect(existsSync(join(read.config.mappings.dir, 'tier-change.yaml'))).toBe(true);
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

  it('ends when all has settled, with the numbers of what was sent, and leaves nothing behind', async () => {
    const { settled, summary, dir, written } = await run();
    const sent = countWebhooks(SCENES);
    // Each of these also sets the balance on the profile.
    const balances = WEBHOOKS.filter(({ eventName }) => eventName === 'AvailablePointsAmountChanged').length;
    const delivered = sent - 4 + balances;
    expect(settled).toBe(true);
    expect(summary).toEqual({
      received: sent - 1,
      delivered,
      retried: Object.keys(MEMBERS).length,
      dead: 1,
      skipped: 1,
      unmatched: 1,
      duplicates: 1,
    });
    expect(written).toMatch(/waiting .*dlv_\w+ {2}PointsWillExpire/);
    expect(written).toMatch(/delivered .*dlv_\w+ {2}PointsWillExpire → points-expiring, Carla/);
    expect(written).toMatch(/dead .*Emma, 1 try, .*Not authorized to add event of specified type/);
    expect(written).toContain(`Summary  received ${sent - 1}, delivered ${delivered}`);
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
    const { output, written } = recorder((text) => text.includes('All has settled') && stopping.abort());
    const display = plainDisplay(output);
    const story = { pace: 0, outageMs: 1, once: false, display, signal: stopping.signal };
    const { dir } = await run(story);
    const text = written.join('');
    for (const command of [
      'deliveries list',
      'deliveries show dlv_',
      'events unmatched',
      '/_sandbox/faults',
      'export-one',
    ]) {
      expect(text).toContain(command);
    }
    expect(existsSync(dir)).toBe(false);
  });
});

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
    member: `DEFAULT/${MEMBERS.ann.customerId}`,
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

/** Open Loyalty sends null for what is not there, while its schemas say nothing of null. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([key, member]) => [key, withoutNulls(member)]));
}

/** The schema with every object closed to fields that it does not name. */
function closed(schema: Json): JsonObject {
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isJsonObject(value)) return value;
    const walked = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member)]));
    return isJsonObject(value['properties']) ? { ...walked, additionalProperties: false } : walked;
  };
  return walk(schema) as JsonObject;
}
