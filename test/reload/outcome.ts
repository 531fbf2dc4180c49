import type { Log } from '../../src/ports/log.ts';
import { openLog } from '../../src/runtime/open-log.ts';
import type { BloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import type { Oracle } from '../crash/oracle.ts';
import { ANCHOR, type Editor } from './editor.ts';
import { marksOf } from './mapping-texts.ts';

/** Loads by outcome, and the deliveries among the newest 400 whose request is not of the text that they name. */
export async function readLog(path: string): Promise<readonly [Readonly<Record<string, number>>, readonly number[]]> {
  const log = openLog(path);
  try {
    return [await receiptsIn(log), await misnamedIn(log)];
  } finally {
    await log.close();
  }
}

async function receiptsIn(log: Log): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let before: number | null = null; ; ) {
    const { items, nextBefore } = await log.receipts({ before, limit: 200 });
    for (const { outcome } of items) counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (nextBefore === null) return counts;
    before = nextBefore;
  }
}

async function misnamedIn(log: Log): Promise<readonly number[]> {
  const newest = await log.deliveries({}, { before: null, limit: 200 });
  const older = await log.deliveries({}, { before: newest.nextBefore, limit: 200 });
  const details = await Promise.all([...newest.items, ...older.items].map(({ id }) => log.delivery(id)));
  const wrong = details.filter(
    (one) => one && !one.mappingText?.includes(`event_type: t${marksOf(one.request ?? '').marks[0]}\n`),
  );
  return wrong.flatMap((one) => one?.id ?? []);
}

/** Holds what Bloomreach saw against what was owed and what was ever good. */
export function compare({ issued, owed }: Oracle, { state }: BloomreachSandbox, editor: Editor) {
  const firsts = new Map<string, string>();
  const anchored = new Set<string>();
  const mixed: string[] = [];
  const changed: string[] = [];
  // A call that was reset before it was read left no bytes to compare.
  for (const { data, outcome } of state.journal().filter((entry) => entry.data !== '')) {
    const { name, marks, eventId } = marksOf(data);
    if (new Set(marks).size !== 1 || !editor.wasGood(name, Number(marks[0]))) mixed.push(`${eventId} ${name} ${marks}`);
    const key = `${eventId} ${name}`;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, data);
    else if (first !== data) changed.push(key);
    if (name === ANCHOR && (outcome === 'stored' || outcome === 'duplicate')) anchored.add(eventId);
  }
  const lost = [...owed].filter((id) => !anchored.has(id));
  const all = [...issued.values()].flat().length;
  return { issued: all, owed: owed.size, deliveries: firsts.size, lost, mixed, changed };
}
