import type { Command } from 'commander';
import { environment, systemClock } from '../runtime/system.ts';
import { liveDisplay, plainDisplay } from './demo/display.ts';
import { type DemoEnd, runDemo } from './demo/run-demo.ts';
import { EXIT } from './failure.ts';
import { say } from './terminal.ts';

const OUTAGE_MS = 20_000;
const SETTLE_WITHIN_MS = 180_000;

/** `pointsman demo`: the whole thing on this machine, with a story to watch. */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      'watch loyalty webhooks become Bloomreach events: a server, a sandbox at each end and a story, all here',
    )
    .option('--once', 'end when everything has settled; exit 1 when it does not within 3 minutes')
    .addHelpText('after', '\nExample:\n  pointsman demo\n  pointsman demo --once')
    .action(demo);
}

async function demo({ once = false }: { readonly once?: boolean }): Promise<void> {
  const stopping = new AbortController();
  const release = onStop(() => stopping.abort());
  const output = process.stdout;
  const redraws = output.isTTY && environment['TERM'] !== 'dumb';
  const display = redraws ? liveDisplay(output) : plainDisplay(output);
  // A crash leaves the terminal as it was found, too.
  process.once('exit', display.close);
  const times = { pace: 1, outageMs: OUTAGE_MS, settleWithinMs: SETTLE_WITHIN_MS };
  try {
    const end = await runDemo({ once, display, clock: systemClock, signal: stopping.signal, ...times });
    if (once && !end.settled) process.exitCode = reportUnsettled(end, stopping.signal.aborted);
  } finally {
    display.close();
    process.off('exit', display.close);
    release();
  }
}

function reportUnsettled({ dir }: DemoEnd, stopped: boolean): number {
  if (stopped) say('Stopped before everything had settled.');
  else say(`Not everything has settled within ${SETTLE_WITHIN_MS / 1000} s. See ${dir}/pointsman.log for why.`);
  return EXIT.failed;
}

/**
 * Calls back at every signal that asks to end, and when nobody reads the output any more; returns how to undo it.
 * npm passes a Ctrl-C on that the terminal has sent already, so that one comes twice: it stays caught until the end.
 */
function onStop(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  process.stdout.on('error', stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
    process.stdout.off('error', stop);
  };
}
