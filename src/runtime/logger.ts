import { type DestinationStream, pino } from 'pino';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** A logger that writes one JSON line per entry to the stream (CONTRACT §6 names the fields). */
export function createLogger(level: LogLevel, stream: DestinationStream, clock: Pick<Clock, 'now'>): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"ts":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, stream);
}
