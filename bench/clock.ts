/**
 * Milliseconds on the machine's monotonic clock. Its origin is the same for every process, so a time taken by the load
 * and one taken by the sink may be subtracted. Source: Node reads CLOCK_MONOTONIC on Linux.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
