import { parseArgs } from 'node:util';
import { type Pin, processors, wholeNumber } from './args.ts';

/** What the bench is asked for. */
export interface Options {
  readonly rounds: number;
  /** Disturbed rounds that are dropped and made again, at most. */
  readonly mostDropped: number;
  /** Events of a saturated phase. */
  readonly events: number;
  readonly connections: number;
  /** Length of a phase with a steady rate. */
  readonly seconds: number;
  /** No round starts that would probably end later than this. */
  readonly secondsLimit: number;
  /** How long the sink takes to answer in the slow phases. */
  readonly slowMs: number;
  readonly pin: Pin;
  /** Where everything measured is written; null = nowhere. */
  readonly jsonFile: string | null;
  /** Where processor profiles are written; null = none are taken. */
  readonly profileDir: string | null;
}

/** Shown by `--help`. */
export const USAGE = `npm run bench -- [options]

  --rounds 5           rounds that count; each measures every subject once, in rotating order
  --events 20000       events of a saturated phase; the forwarder gets fewer where the sink is slow
  --connections 64     connections of a saturated phase
  --seconds 5          length of a phase with a steady rate
  --slow-ms 50         how long the sink takes to answer in the slow phases
  --seconds-limit 480  start no round that would end later than this
  --quick              one short round, however disturbed, to see that everything works: --rounds 1 --events 2000 --seconds 2
  --pin 0,1            processor of the server, processor of load and sink; "none" pins nothing
  --json FILE          write everything measured
  --profile DIR        write a processor profile of each server thread; the figures are then not comparable
`;

const MOST_DROPPED = 3;
const USUAL = { rounds: '5', events: '20000', seconds: '5' } as const;
const QUICK = { rounds: '1', events: '2000', seconds: '2' } as const;

/** Reads the command line; null = help was asked for. Throws an Error that names the option at fault. */
export function optionsOf(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      events: { type: 'string' },
      connections: { type: 'string', default: '64' },
      seconds: { type: 'string' },
      'slow-ms': { type: 'string', default: '50' },
      'seconds-limit': { type: 'string', default: '480' },
      quick: { type: 'boolean', default: false },
      pin: { type: 'string', default: '0,1' },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const usual = values.quick ? QUICK : USUAL;
  return {
    rounds: wholeNumber('rounds', values.rounds ?? usual.rounds, [1, 50]),
    mostDropped: values.quick ? 0 : MOST_DROPPED,
    events: wholeNumber('events', values.events ?? usual.events, [1, 100_000]),
    connections: wholeNumber('connections', values.connections, [1, 1_000]),
    seconds: wholeNumber('seconds', values.seconds ?? usual.seconds, [1, 60]),
    slowMs: wholeNumber('slow-ms', values['slow-ms'], [1, 10_000]),
    secondsLimit: wholeNumber('seconds-limit', values['seconds-limit'], [1, 3_600]),
    pin: processors(values.pin),
    jsonFile: values.json ?? null,
    profileDir: values.profile ?? null,
  };
}
