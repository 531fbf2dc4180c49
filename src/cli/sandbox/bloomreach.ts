import type { Command } from 'commander';
import { systemClock } from '../../runtime/system.ts';
import { startBloomreachSandbox } from '../../sandbox/bloomreach/server.ts';
import { stopSignal } from '../serve.ts';
import { print, say } from '../terminal.ts';
import { portOf } from './port-option.ts';

interface BloomreachOptions {
  readonly host: string;
  readonly port: number;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
}

/** `pointsman sandbox bloomreach`: a destination to try things against. */
export function bloomreachCommand(sandbox: Command): void {
  sandbox
    .command('bloomreach')
    .description('run a Bloomreach Engagement that checks, dedupes and keeps like the real one')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 = any free one', portOf, 8081)
    .option('--project-token <token>', 'the project it answers for', 'sandbox-project')
    .option('--api-key-id <id>', 'the key it accepts', 'sandbox-key')
    .option('--api-secret <secret>', 'the secret it accepts', 'sandbox-secret')
    .addHelpText('after', '\nExample:\n  pointsman sandbox bloomreach --port 8081')
    .action(runBloomreach);
}

async function runBloomreach(options: BloomreachOptions): Promise<void> {
  const { now: clock, random } = systemClock;
  const sandbox = await startBloomreachSandbox({ ...options, clock, random });
  print(`listening ${sandbox.url}`);
  say(
    `Point a destination at it: baseUrl ${sandbox.url}, projectToken ${options.projectToken}, apiKeyId ${options.apiKeyId}.`,
  );
  say(`Faults, stats and journal: ${sandbox.url}/_sandbox/`);
  await stopSignal();
  await sandbox.close();
}
