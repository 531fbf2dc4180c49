import { parseArgs } from 'node:util';

/** What the bench is asked for. */
export interface Options {
  readonly rounds: number;
  /** Events of the saturated phase. */
  readonly events: number;
  readonly connections: number;
  /** Events per second of the calm phase. */
  readonly perSecond: number;
  readonly calmSeconds: number;
  /** No round starts that would probably end later than this. */
  readonly secondsLimit: number;
  /** How long the sink takes to answer. */
  readonly sinkMs: number;
  /** The processors of the server, and of load and sink; null = the operating system chooses. */
  readonly pin: readonly [server: number, around: number] | null;
  /** Where everything measured is written; null = nowhere. */
  readonly jsonFile: string | null;
  /** Where processor profiles are written; null = none are taken. */
  readonly profileDir: string | null;
}

/** Shown by `--help`. */
export const USAGE = `npm run bench -- [options]

  --rounds 3           rounds; each measures every subject once, in rotating order
  --events 4000        events of the saturated phase
  --connections 64     connections of the saturated phase
  --rate 100           events per second of the calm phase
  --calm-seconds 4     length of the calm phase
  --seconds-limit 110  start no round that would end later than this
  --sink-ms 0          how long the sink takes to answer
  --pin 0,1            processor of the server, processor of load and sink; "none" pins nothing
  --json FILE          write everything measured
  --profile DIR        write a processor profile of each server thread; the figures are then not comparable
`;

/** Reads the command line; null = help was asked for. Throws an Error that names the option at fault. */
export function optionsOf(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      events: { type: 'string', default: '4000' },
      connections: { type: 'string', default: '64' },
      rate: { type: 'string', default: '100' },
      'calm-seconds': { type: 'string', default: '4' },
      'seconds-limit': { type: 'string', default: '110' },
      'sink-ms': { type: 'string', default: '0' },
      pin: { type: 'string', default: '0,1' },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    rounds: numberOf('rounds', values.rounds, [1, 50]),
    events: numberOf('events', values.events, [1, 1_000_000]),
    connections: numberOf('connections', values.connections, [1, 1_000]),
    perSecond: numberOf('rate', values.rate, [1, 10_000]),
    calmSeconds: numberOf('calm-seconds', values['calm-seconds'], [1, 600]),
    secondsLimit: numberOf('seconds-limit', values['seconds-limit'], [1, 3_600]),
    sinkMs: numberOf('sink-ms', values['sink-ms'], [0, 10_000]),
    pin: pinOf(values.pin),
    jsonFile: values.json ?? null,
    profileDir: values.profile ?? null,
  };
}

function numberOf(name: string, text: string, [least, most]: readonly [number, number]): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not ${text}`);
}

function pinOf(text: string): Options['pin'] {
  if (text === 'none') return null;
  const match = /^(\d+),(\d+)$/.exec(text);
  if (!match) throw new Error(`--pin takes two processors such as 0,1, or none, not ${text}`);
  return [Number(match[1]), Number(match[2])];
}
