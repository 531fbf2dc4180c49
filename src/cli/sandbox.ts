import type { Command } from 'commander';
import { bloomreachCommand } from './sandbox/bloomreach.ts';
import { openLoyaltyCommand } from './sandbox/open-loyalty.ts';

/** `pointsman sandbox`: stand-ins to try things with. */
export function sandboxCommand(program: Command): void {
  const sandbox = program.command('sandbox').description('run a stand-in of an outside system');
  bloomreachCommand(sandbox);
  openLoyaltyCommand(sandbox);
}
