import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import { type LiveRules, startLiveRules } from '../../src/runtime/live-rules.ts';
import { sampleReader } from '../../src/runtime/parts.ts';
import { mappingContextOf, sourcesOf } from '../../src/runtime/registry.ts';
import { systemClock } from '../../src/runtime/system.ts';
import { defaultConfig } from '../../src/runtime/workbench.ts';
import { createMemoryStore } from '../../src/storage/memory/memory-store.ts';
import { createTransformEngine } from '../../src/transform/engine.ts';

const mapping = (eventType: string, expected = eventType) => `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: ${eventType}
tests:
  - name: its type
    event: { eventName: CustomerLevelChanged, data: { customer: { email: ann@example.com } } }
    expect: { event_type: ${expected} }
`;

const config = defaultConfig('.');
const engine = createTransformEngine({ deadlineMs: 1_000, workers: 1 });
afterAll(() => engine.close());

let dir: string;
let store: Store;
let lines: { level: string; message: string; file?: unknown }[];
beforeAll(() => engine.run([]));
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pointsman-rules-'));
  store = createMemoryStore();
  lines = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFileSync(join(dir, file), text);

function start(): Promise<LiveRules> {
  const line = (level: string) => (fields: object, message: string) => void lines.push({ level, message, ...fields });
  const log: Logger = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const context = mappingContextOf(config);
  const endpoint = (id: string, name: string) => context.destinations.get(id)?.endpoints.get(name) ?? null;
  const tools = {
    engine,
    sources: sourcesOf(config),
    context,
    endpoint,
    readSample: sampleReader(dir),
    store,
    clock: systemClock,
  };
  return startLiveRules({ ...tools, dir, log });
}

const types = (rules: LiveRules) =>
  rules.current().mappings.map(({ transform }) => JSON.stringify(transform).match(/"(first|second|third)"/)?.[1]);

/** A change is taken over by the second look after it: the first sees that the folder is being rewritten. */
async function look(rules: LiveRules): Promise<boolean> {
  await rules.refresh();
  return rules.refresh();
}

test('a saved file is live at the second look, and an unchanged folder is not loaded again', async () => {
  write('tier.yaml', mapping('first'));
  const rules = await start();
  expect(types(rules)).toEqual(['first']);
  expect(await look(rules)).toBe(false);
  write('tier.yaml', mapping('second'));
  expect(await look(rules)).toBe(true);
  expect(types(rules)).toEqual(['second']);
});

test('a file with a mistake or a failing test is refused, and what ran before goes on', async () => {
  write('tier.yaml', mapping('first'));
  const rules = await start();
  write('tier.yaml', mapping('second').replace('event_type', 'evnt_type'));
  expect(await look(rules)).toBe(true);
  expect(types(rules)).toEqual(['first']);
  write('tier.yaml', mapping('second', 'third'));
  await look(rules);
  expect(types(rules)).toEqual(['first']);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', code: 'MAPPING_TEST_FAILED', file: 'tier.yaml' }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('last good text') }),
  );
});

test('a bad file at the start runs with its last good text, which the store remembers', async () => {
  write('tier.yaml', mapping('first'));
  await start();
  write('tier.yaml', 'event: [');
  write('other.yaml', mapping('second'));
  expect(types(await start())).toEqual(['second', 'first']);
});

test('a bad file that was never good does nothing, and the others run', async () => {
  write('tier.yaml', 'event: [');
  write('other.yaml', mapping('second'));
  const rules = await start();
  expect(types(rules)).toEqual(['second']);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', file: 'tier.yaml', message: expect.stringContaining('no good text') }),
  );
});

test('a folder that vanishes while it is being replaced never empties the rule set', async () => {
  const real = join(dir, 'v1');
  mkdirSync(real);
  writeFileSync(join(real, 'tier.yaml'), mapping('first'));
  symlinkSync(real, join(dir, 'live'));
  const whole = dir;
  dir = join(whole, 'live');
  const rules = await start();
  renameSync(real, join(whole, 'away'));
  await expect(rules.refresh()).rejects.toThrow('Cannot read');
  expect(types(rules)).toEqual(['first']);
  dir = whole;
});

test('every load leaves a receipt', async () => {
  write('tier.yaml', mapping('first'));
  const rules = await start();
  write('tier.yaml', 'event: [');
  await look(rules);
  const { items } = await store.receipts({ before: null, limit: 10 });
  expect(items.map(({ outcome }) => outcome)).toEqual(['partly', 'accepted']);
  expect(JSON.parse(items[0]?.detail ?? '')).toMatchObject([
    { file: 'tier.yaml', outcome: 'refused', lints: [{ code: 'MAPPING_YAML' }] },
  ]);
});

test('a mapping folder that cannot be read is one clear error', async () => {
  dir = join(dir, 'nowhere');
  await expect(start()).rejects.toMatchObject({ code: 'MAPPING_UNREADABLE' });
});
