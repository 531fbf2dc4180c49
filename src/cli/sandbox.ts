import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../runtime/system.ts';
import { startBloomreachSandbox } from '../sandbox/bloomreach/server.ts';
import { stopSignal } from './serve.ts';
import { print, say } from './terminal.ts';

interface SandboxOptions {
  readonly host: string;
  readonly port: number;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
}

/** `pointsman sandbox bloomreach`: a stand-in to try things against. */
export function sandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description('run a stand-in of an outside system')
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

async function runBloomreach(options: SandboxOptions): Promise<void> {
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

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new InvalidArgumentError('It takes a whole number from 0 to 65535.');
}
