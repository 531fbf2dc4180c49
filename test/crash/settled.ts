import { setTimeout as delay } from 'node:timers/promises';
import { openLog } from '../../src/runtime/open-log.ts';

const SETTLE_LIMIT_MS = 120_000;

/** Waits until nothing is open any more; how many deliveries were still open at the limit. */
export async function settled(path: string): Promise<number> {
  const log = openLog(path);
  try {
    for (let waited = 0; ; waited += 250) {
      const { deliveries, unrouted } = await log.stats(0);
      const open = deliveries.pending + deliveries.waiting + unrouted;
      if (open === 0 || waited > SETTLE_LIMIT_MS) return open;
      await delay(250);
    }
  } finally {
    await log.close();
  }
}
