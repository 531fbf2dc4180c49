/** The fields of a log line (CONTRACT §6). Never a secret, never a body. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one wide line per stage. ERROR = data at risk or a person needed; WARN = unexpected, nothing lost. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields & { readonly err?: string }, message: string): void;
  /** Whether such lines are written, so that nothing is built for none; left out = they are. */
  isLevelEnabled?(level: 'debug'): boolean;
}
