import type { Config } from '../config/config.ts';
import { PointsmanError } from '../core/errors.ts';
import { hasErrors } from '../core/lint.ts';
import type { DiffOrder, EditedText, LookSubject, PreviewOrder } from '../http/look-orders.ts';
import type { Looked, Looks } from '../http/look-routes.ts';
import type { CompiledFile, MappingSourceFile } from '../mapping/compile.ts';
import type { Log } from '../ports/log.ts';
import { type Preview, previewView } from './preview.ts';
import { storedSubjects } from './preview-subjects.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** What looks need. */
export interface LooksTools {
  /** The config in force. */
  readonly config: () => Config;
  /** The log, read on a thread of its own. */
  readonly reads: Log;
}

/** Events compared at a time: what is done with them on the main thread between two turns takes a few ms. */
const PAGE = 25;

/** Looks that may wait for their turn. */
const MOST_WAITING = 16;

/**
 * Looks for a running server. They take turns on an engine of their own, started with the first: a formula that never
 * ends delays other looks, never the routing of events, and sets no live mapping aside.
 */
export function createLooks(tools: LooksTools): Looks & { close(): Promise<void> } {
  const bench = benchInForce(tools);
  // A diff takes seconds: who looks at one delivery does not wait for it.
  const [short, long] = [inOneLane(), inOneLane()];
  return {
    explain: (detail) =>
      short(async () => (await bench.open()).explain(detail)).catch((error: Error) => ({
        formulas: [],
        remark: error instanceof PointsmanError ? error.message : 'The values cannot be had',
      })),
    preview: (order) => short(async () => preview(order, await bench.open(), tools.reads)),
    diff: (order) => long(async () => diff(order, await bench.open(), tools.reads)),
    close: () => bench.close(),
  };
}

async function preview(
  { edited, subject }: PreviewOrder,
  bench: Workbench,
  log: Log,
): Promise<Looked<readonly object[]>> {
  const compiled = bench.compile([sourceFile(edited)]);
  if (isRefused(compiled)) return { ok: false, lints: compiled.flatMap(({ lints }) => lints) };
  const previews: (Preview & { readonly mapping: string })[] = [];
  for (const mapping of compiled.flatMap(({ mappings }) => mappings)) {
    for (const one of await subjectsOf(subject, mapping, bench, log)) {
      previews.push({ ...(await bench.preview(mapping, one, (keys) => log.facts(keys))), mapping: mapping.id });
    }
  }
  return { ok: true, found: previews.map(previewView) };
}

async function subjectsOf(
  subject: LookSubject,
  mapping: CompiledFile['mappings'][number],
  bench: Workbench,
  log: Log,
): ReturnType<typeof storedSubjects> {
  if ('body' in subject) return [{ event: bench.eventOf(mapping, subject.body), lookups: [] }];
  return storedSubjects(subject, mapping, log);
}

async function diff(
  { edited, last, sinceMs, samples }: DiffOrder,
  bench: Workbench,
  log: Log,
): ReturnType<Looks['diff']> {
  const compiled = bench.compile(edited === null ? await bench.read([]) : edited.map(sourceFile));
  if (isRefused(compiled)) return { ok: false, lints: compiled.flatMap(({ lints }) => lints) };
  const scope = { filter: sinceMs === null ? {} : { sinceMs }, last, samples, pageSize: PAGE };
  return { ok: true, found: await bench.diff({ compiled, complete: edited === null }, scope, log) };
}

function isRefused(compiled: readonly CompiledFile[]): boolean {
  return compiled.some(({ lints }) => hasErrors(lints));
}

function sourceFile({ file, text }: EditedText): MappingSourceFile {
  return { file, bytes: new TextEncoder().encode(text) };
}

/** A workbench on the config in force; another config gets another one. */
function benchInForce({ config }: LooksTools): { open(): Promise<Workbench>; close(): Promise<void> } {
  let current: { readonly config: Config; readonly bench: Workbench } | null = null;
  return {
    async open() {
      const wanted = config();
      if (current?.config === wanted) return current.bench;
      const old = current?.bench;
      current = { config: wanted, bench: openWorkbench(wanted) };
      // What still ran on the old one fails, and may be asked again.
      await old?.close();
      return current.bench;
    },
    close: async () => current?.bench.close(),
  };
}

/** Does one thing after the other. Rejects with `API_BUSY` when too many wait. */
function inOneLane(): <Result>(act: () => Promise<Result>) => Promise<Result> {
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (act) => {
    if (waiting >= MOST_WAITING) {
      return Promise.reject(new PointsmanError('API_BUSY', `${waiting} previews and diffs wait for their turn`));
    }
    waiting += 1;
    const done = tail.then(act).finally(() => {
      waiting -= 1;
    });
    tail = done.catch(() => undefined);
    return done;
  };
}
