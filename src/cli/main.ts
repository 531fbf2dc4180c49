#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../runtime/version.ts';
import { configCommand } from './config.ts';
import { deliveriesCommand } from './deliveries.ts';
import { demoCommand } from './demo.ts';
import { destinationsCommand } from './destinations.ts';
import { diffCommand } from './diff.ts';
import { eventsCommand } from './events.ts';
import { factsCommand } from './facts.ts';
import { EXIT, reportFailure } from './failure.ts';
import { forgetCommand } from './forget.ts';
import { newCommand } from './new.ts';
import { previewCommand } from './preview.ts';
import { reloadsCommand } from './reloads.ts';
import { replayCommand } from './replay.ts';
import { sandboxCommand } from './sandbox.ts';
import { serveCommand } from './serve.ts';
import { endWhenNobodyReads } from './terminal.ts';
import { testCommand } from './test.ts';
import { validateCommand } from './validate.ts';

const program = new Command('pointsman')
  .description('Takes the webhooks of a loyalty engine to a marketing platform, by mapping files.')
  .version(packageVersion())
  .exitOverride()
  .showSuggestionAfterError();

for (const add of [
  serveCommand,
  demoCommand,
  validateCommand,
  testCommand,
  previewCommand,
  diffCommand,
  newCommand,
  deliveriesCommand,
  destinationsCommand,
  eventsCommand,
  factsCommand,
  replayCommand,
  forgetCommand,
  reloadsCommand,
  configCommand,
  sandboxCommand,
]) {
  add(program);
}

endWhenNobodyReads();
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = reportFailure(error);
}
