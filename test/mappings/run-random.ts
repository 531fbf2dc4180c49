import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { DeliveryStatus } from '../../src/core/delivery.ts';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { Log } from '../../src/ports/log.ts';
import { type Running, startRunning } from '../e2e/running.ts';
import { randomEvent } from '../support/random-event.ts';
import { galleryFiles, publishedEvents } from './gallery.ts';

/** What became of the random events of one name. */
interface Row {
  readonly event: string;
  readonly sent: number;
  readonly accepted: number;
  readonly failed: number;
  readonly deliveries: Readonly<Record<DeliveryStatus, number>>;
}

const COLUMNS = ['delivered', 'skipped', 'waiting', 'dead', 'pending'] as const;
const IN_FLIGHT = 32;
const SEED = 20260211;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000' },
    /** Another file of schemas: event name → { schema }. Default: the schemas that ship. */
    schemas: { type: 'string' },
  },
});
// The sandbox takes 6,000 calls a minute, as Bloomreach does: what is refused for that comes again until it is taken.
const patience = `    retry: { quick: 0, schedule: [${Array.from({ length: 50 }, () => '5s').join(', ')}], giveUpAfter: 1h }`;
const running = await startRunning({ mappings: texts(), destination: patience, requestTimeoutMs: 60_000 });
try {
  const rows: Row[] = [];
  for (const [index, [name, schema]] of schemas(values.schemas).entries()) {
    const bodies = fc.sample(randomEvent(name, schema), { seed: SEED + index, numRuns: Number(values.events) });
    rows.push(await runOne(running, name, bodies));
    print(rows.slice(-1), rows.length === 1);
  }
  await settled(running.server.reads);
  // Facts that came later have set waiting ones going: only now is every outcome final.
  const final = await Promise.all(rows.map((row) => counted(running.server.reads, row)));
  process.stdout.write('\nwhen all had settled:\n');
  print(final, true);
  print([total(final)], false);
  const bad = final.filter(({ deliveries, failed, accepted, sent }) => {
    return deliveries.dead + deliveries.pending + failed > 0 || accepted < sent;
  });
  for (const { event } of bad) await explain(running.server.reads, event);
  process.exitCode = bad.length === 0 ? 0 : 1;
} finally {
  await running.stop();
}

function texts(): Readonly<Record<string, string>> {
  return Object.fromEntries(galleryFiles().map(({ file, bytes }) => [file, new TextDecoder().decode(bytes)]));
}

function schemas(file: string | undefined): readonly (readonly [string, JsonObject])[] {
  if (file === undefined) return publishedEvents();
  const read = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, JsonObject>>;
  return Object.entries(read).map(([name, { schema }]) => [name, isJsonObject(schema) ? schema : {}]);
}

async function runOne({ send, server }: Running, event: string, bodies: readonly JsonObject[]): Promise<Row> {
  let accepted = 0;
  const queue = bodies.values();
  const senders = Array.from({ length: IN_FLIGHT }, async () => {
    for (const body of queue) {
      const { status } = await send(body);
      if (status === 202) accepted++;
    }
  });
  await Promise.all(senders);
  await settled(server.reads);
  return counted(server.reads, { event, sent: bodies.length, accepted });
}

/** However slow the machine is: it gives up when nothing has moved for a minute. */
async function settled(log: Log): Promise<void> {
  let open = Number.POSITIVE_INFINITY;
  for (let idle = 0; idle < 600; idle++) {
    const { deliveries, unrouted } = await log.stats(0);
    const now = deliveries.pending + unrouted;
    if (now === 0) return;
    if (now < open) idle = 0;
    open = now;
    await delay(100);
  }
}

async function counted(log: Log, { event, sent, accepted }: Pick<Row, 'event' | 'sent' | 'accepted'>): Promise<Row> {
  const deliveries = { waiting: 0, pending: 0, delivered: 0, dead: 0, skipped: 0, shadowed: 0, canceled: 0 };
  for (let before: number | null = null; ; ) {
    const page = await log.deliveries({ event }, { before, limit: 200 });
    for (const { status } of page.items) deliveries[status]++;
    before = page.nextBefore;
    if (before === null) break;
  }
  const { items } = await log.events({ event, status: 'failed' }, { before: null, limit: 200 });
  return { event, sent, accepted, failed: items.length, deliveries };
}

function total(rows: readonly Row[]): Row {
  const sum = (of: (row: Row) => number) => rows.reduce((all, row) => all + of(row), 0);
  const deliveries = { waiting: 0, pending: 0, delivered: 0, dead: 0, skipped: 0, shadowed: 0, canceled: 0 };
  for (const status of COLUMNS) deliveries[status] = sum((row) => row.deliveries[status]);
  const [sent, accepted, failed] = [sum((row) => row.sent), sum((row) => row.accepted), sum((row) => row.failed)];
  return { event: 'total', sent, accepted, failed, deliveries };
}

function print(rows: readonly Row[], withHead: boolean): void {
  const line = (first: string, cells: readonly (string | number)[]) =>
    process.stdout.write(`${first.padEnd(40)}${cells.map((cell) => String(cell).padStart(10)).join('')}\n`);
  if (withHead) line('event', ['sent', 'accepted', ...COLUMNS, 'failed']);
  for (const { event, sent, accepted, deliveries, failed } of rows) {
    line(event, [sent, accepted, ...COLUMNS.map((status) => deliveries[status]), failed]);
  }
}

/** The first that went wrong, as a person would look it up. */
async function explain(log: Log, event: string): Promise<void> {
  const { items } = await log.deliveries({ event, status: 'dead' }, { before: null, limit: 3 });
  for (const { id } of items) {
    const found = await log.delivery(id);
    process.stdout.write(
      `\n${event} → ${found?.mapping}: ${found?.code} ${found?.detail}\n${found?.sourceEvent.body}\n`,
    );
  }
}
