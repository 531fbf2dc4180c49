import { parseArgs } from 'node:util';
import { risingNumbers, wholeNumber } from '../args.ts';

/** What the log's bench is asked for. */
export interface LogOptions {
  /** The sizes at which everything is measured, rising. */
  readonly rows: readonly number[];
  /** Deliveries behind lane heads in the last measurement; 0 = it is left out. */
  readonly blocked: number;
  /** How often everything is timed. */
  readonly times: number;
  /** The database, kept and gone on with; null = a temporary one. */
  readonly keepFile: string | null;
  /** Where everything measured is written; null = nowhere. */
  readonly jsonFile: string | null;
}

/** Shown by `--help`. */
export const LOG_USAGE = `npm run bench:log -- [options]

  --rows 10000,1000000,5000000  deliveries in the log when it is measured; nothing but these sizes takes long
  --blocked 100000              deliveries blocked behind lane heads in a last measurement; 0 leaves it out
  --keep FILE                   keep the database, and go on with what is in it
  --times 100                   how often everything is timed; less often what is slow
  --quick                       to see that everything works: --rows 2000,20000 --blocked 2000 --times 10
  --json FILE                   write everything measured
`;

const USUAL = { rows: '10000,1000000,5000000', blocked: '100000', times: '100' } as const;
const QUICK = { rows: '2000,20000', blocked: '2000', times: '10' } as const;

/** Reads the command line; null = help was asked for. Throws an Error that names the option at fault. */
export function logOptionsOf(args: readonly string[]): LogOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      blocked: { type: 'string' },
      times: { type: 'string' },
      keep: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const usual = values.quick ? QUICK : USUAL;
  return {
    rows: risingNumbers('rows', values.rows ?? usual.rows, [1, 100_000_000]),
    blocked: wholeNumber('blocked', values.blocked ?? usual.blocked, [0, 10_000_000]),
    times: wholeNumber('times', values.times ?? usual.times, [1, 10_000]),
    keepFile: values.keep ?? null,
    jsonFile: values.json ?? null,
  };
}
