import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ReceiptDetail } from '../../../src/core/receipt.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { Store } from '../../../src/ports/store.ts';
import { sampleReader } from '../../../src/runtime/parts.ts';
import { systemsOf } from '../../../src/runtime/reload/load-config.ts';
import { type Reloader, type ReloaderTools, startReloader } from '../../../src/runtime/reload/reloader.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { defaultConfig } from '../../../src/runtime/workbench.ts';
import { createMemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { createTransformEngine } from '../../../src/transform/engine.ts';

/** A mapping whose event type tells its text; its test may expect another. */
export function mappingText(eventType: string, expected = eventType): string {
  return `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: ${eventType}
  properties: { event_id: "=$eventId()" }
tests:
  - name: its type
    event: { eventName: CustomerLevelChanged, data: { customer: { email: ann@example.com } } }
    expect: { event_type: ${expected} }
`;
}

/** A mappings folder in a folder of its own, a store in memory, and reloaders on them. */
export interface ReloadSite {
  readonly root: string;
  /** The mappings folder. */
  readonly dir: string;
  readonly store: Store;
  readonly lines: readonly { readonly level: string; readonly message: string; readonly [field: string]: unknown }[];
  write(file: string, content: string | Uint8Array): void;
  start(over?: Partial<ReloaderTools>): Promise<Reloader>;
  /** The newest receipt. */
  receipt(): Promise<ReceiptDetail & { readonly outcome: string }>;
  close(): Promise<void>;
}

/** Opens a site. */
export function openReloadSite(subfolder = 'mappings'): ReloadSite {
  const root = mkdtempSync(join(tmpdir(), 'pointsman-reload-'));
  const dir = join(root, subfolder);
  mkdirSync(dir, { recursive: true });
  const store = createMemoryStore();
  const engine = createTransformEngine({ deadlineMs: 5_000, workers: 1 });
  const lines: { level: string; message: string }[] = [];
  const line = (level: string) => (fields: object, message: string) => void lines.push({ level, message, ...fields });
  const log: Logger = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const config = { ...defaultConfig(root), mappings: { dir, watch: true, memberId: 'email' as const } };
  return {
    ...{ root, dir, store, lines },
    write(file, content) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), content);
    },
    start: (over = {}) =>
      startReloader({
        ...{ engine, store, log, clock: systemClock, configFile: null, readSample: sampleReader(dir) },
        systems: systemsOf(config, systemClock),
        ...over,
      }),
    async receipt() {
      const { items } = await store.receipts({ before: null, limit: 1 });
      return { outcome: String(items[0]?.outcome), ...(JSON.parse(items[0]?.detail ?? '{}') as ReceiptDetail) };
    },
    async close() {
      await engine.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What runs: mapping id → the event type that tells its text. */
export function running(reloader: Reloader): Readonly<Record<string, string | undefined>> {
  const { mappings } = reloader.current().ruleSet;
  return Object.fromEntries(mappings.map(({ id, text }) => [id, /event_type: (\S+)/.exec(text)?.[1]]));
}
