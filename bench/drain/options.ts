import { parseArgs } from 'node:util';
import { type Pin, processors, wholeNumber } from '../args.ts';

/** What the drain is asked for. */
export interface DrainOptions {
  readonly deliveries: number;
  readonly members: number;
  readonly pin: Pin;
  readonly profileDir: string | null;
}

/** Shown by `--help`. */
export const DRAIN_USAGE = `npm run bench:drain -- [options]

  --deliveries 1000000  deliveries that are pending when the server starts
  --members 20000       members they are about, in turn
  --quick               a small backlog, to see that everything works: --deliveries 20000
  --pin 0,1             processor of the server, processor of the sink; "none" pins nothing
  --profile DIR         write a processor profile of each server thread
`;

/** Reads the command line; null = help was asked for. Throws an Error that names the option at fault. */
export function drainOptionsOf(args: readonly string[]): DrainOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      deliveries: { type: 'string' },
      members: { type: 'string', default: '20000' },
      quick: { type: 'boolean', default: false },
      pin: { type: 'string', default: '0,1' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const usual = values.quick ? '20000' : '1000000';
  return {
    deliveries: wholeNumber('deliveries', values.deliveries ?? usual, [1, 20_000_000]),
    members: wholeNumber('members', values.members, [1, 10_000_000]),
    pin: processors(values.pin),
    profileDir: values.profile ?? null,
  };
}
