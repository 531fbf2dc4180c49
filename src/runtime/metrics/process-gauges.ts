import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { publishCounter, publishGauge } from './publish.ts';

const NS_PER_SECOND = 1e9;
const US_PER_SECOND = 1e6;
/** How often the loop is looked at, in ms: delays shorter than this are not seen. */
const RESOLUTION_MS = 20;

/**
 * Publishes what the process takes, under the names that every Node process has, as far as they need no labels of their
 * own. What is returned ends the measuring.
 */
export function publishProcess(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const gauge = (name: string, help: string, read: () => number | null) =>
    publishGauge(registry, {
      ...{ name, help },
      read: () => {
        const value = read();
        return value === null || Number.isNaN(value) ? [] : [{ value }];
      },
    });
  gauge('nodejs_eventloop_lag_p50_seconds', 'Median delay of the event loop since the last scrape.', () =>
    lagOf(delay.percentile(50)),
  );
  gauge('nodejs_eventloop_lag_p99_seconds', 'Delay of the event loop since the last scrape, 99th percentile.', () =>
    lagOf(delay.percentile(99)),
  );
  gauge('nodejs_eventloop_lag_max_seconds', 'Longest delay of the event loop since the last scrape.', () => {
    const longest = lagOf(delay.max);
    delay.reset();
    return longest;
  });
  publishMemory(gauge);
  publishCounter(registry, {
    name: 'process_cpu_seconds_total',
    help: 'Processor time of all threads.',
    read: () => [{ value: cpuSeconds() }],
  });
  return () => delay.disable();
}

function publishMemory(gauge: (name: string, help: string, read: () => number | null) => void): void {
  gauge('process_resident_memory_bytes', 'Memory the process takes.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
  gauge('nodejs_external_memory_bytes', 'Memory outside the heap.', () => process.memoryUsage().external);
  gauge('process_uptime_seconds', 'How long the process has run.', () => process.uptime());
  gauge('process_open_fds', 'Open files and sockets; left out where the system does not tell.', openFiles);
}

/** The monitor counts its own interval. */
function lagOf(ns: number): number {
  return Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1_000);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / US_PER_SECOND;
}

function openFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
