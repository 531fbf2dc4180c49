import { startChild } from './child.ts';
import { startPointsman } from './pointsman.ts';

/** What is measured, by name. */
export type SubjectName = 'pointsman' | 'forwarder';

/** A running server that takes webhooks and passes them to the sink. */
export interface Subject {
  readonly pid: number;
  /** Where webhooks go. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How many deliveries its log calls delivered; null when it keeps no log. */
  readonly logged: (() => Promise<number>) | null;
  stop(): Promise<Remains>;
}

/** What a subject leaves behind when it is stopped. */
export interface Remains {
  /** The size of its database; null when it has none. */
  readonly databaseBytes: number | null;
  /** Of an event, what it had to keep: its body and its frozen request; null when it keeps nothing. */
  readonly keptBytesPerEvent: number | null;
  /** The first warnings and errors it logged. */
  readonly complaints: readonly string[];
}

/** How a subject is started. */
export interface SubjectStart {
  readonly sinkUrl: string;
  readonly cpu: number | null;
  readonly profileDir: string | null;
}

/** Starts a subject; one with a database starts on an empty one. */
export function startSubject(name: SubjectName, start: SubjectStart): Promise<Subject> {
  return name === 'pointsman' ? startPointsman(start) : startForwarder(start);
}

async function startForwarder({ sinkUrl, cpu, profileDir }: SubjectStart): Promise<Subject> {
  const args = [`${sinkUrl}/track/v2/projects/bench/customers/events`];
  const child = startChild({ file: import.meta.resolve('./forwarder.ts'), args, cpu, profileDir });
  const url = await child.next<string>();
  return {
    pid: child.pid,
    url: `${url}/webhooks/open-loyalty`,
    headers: { 'content-type': 'application/json' },
    logged: null,
    stop: () => child.stop().then(() => ({ databaseBytes: null, keptBytesPerEvent: null, complaints: [] })),
  };
}
