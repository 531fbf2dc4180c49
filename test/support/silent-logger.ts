import type { LogFields, Logger } from '../../src/ports/logger.ts';

/** One line that would have been logged. */
interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** A logger that keeps its lines for a test to read. */
export interface SilentLogger extends Logger {
  readonly lines: readonly LogLine[];
  /** The messages of one level. */
  messages(level: LogLine['level']): readonly string[];
}

/** Builds a logger that writes nothing. */
export function createSilentLogger(): SilentLogger {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: LogFields, message: string) => {
    lines.push({ level, fields, message });
  };
  return {
    lines,
    messages: (level) => lines.filter((line) => line.level === level).map(({ message }) => message),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
