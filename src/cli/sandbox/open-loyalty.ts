import { type Command, InvalidArgumentError } from 'commander';
import { parseRate } from '../../core/units.ts';
import { systemClock } from '../../runtime/system.ts';
import { Chance, seededRandom } from '../../sandbox/open-loyalty/random.ts';
import { type OpenLoyaltySandbox, startOpenLoyaltySandbox } from '../../sandbox/open-loyalty/server.ts';
import { stopSignal } from '../serve.ts';
import { print, say } from '../terminal.ts';
import { portOf } from './port-option.ts';

interface Header {
  readonly headerName: string;
  readonly headerValue: string;
}

interface OpenLoyaltyOptions {
  readonly host: string;
  readonly port: number;
  readonly apiToken: string;
  readonly members: number;
  readonly seed?: number;
  readonly sendTo?: string;
  readonly header: readonly Header[];
  /** True = a new secret. */
  readonly hmac?: true | string;
  readonly legacy?: true;
  /** Things that happen per second. */
  readonly activity?: number;
}

const HELP = `
Examples:
  pointsman sandbox open-loyalty --send-to http://127.0.0.1:8080/webhooks/open-loyalty \\
    --header 'X-Pointsman-Token: secret' --activity 30/m
  curl -X POST http://127.0.0.1:8082/_sandbox/advance -d '{"days": 30, "activityPerDay": 20}'`;

/** `pointsman sandbox open-loyalty`: a source to try things with. */
export function openLoyaltyCommand(sandbox: Command): void {
  sandbox
    .command('open-loyalty')
    .description('run an Open Loyalty whose members shop, earn, lose and leave, and which tells its subscribers')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 = any free one', portOf, 8082)
    .option('--api-token <token>', 'the X-AUTH-TOKEN its REST API accepts', 'sandbox-api-token')
    .option('--members <count>', 'members it begins with; half of them stay silent', countOf, 100)
    .option('--seed <number>', 'makes the world the same again (default: another one each time)', countOf)
    .option('--send-to <url>', 'subscribe this URL to every event of every tenant', urlOf)
    .option('--header <name: value>', 'header that goes with each webhook; may be given several times', headersOf, [])
    .option('--hmac [secret]', 'sign each webhook with this whsec_ secret, or with a new one', secretOf)
    .option('--legacy', 'send bodies as before there were subscriptions')
    .option('--activity <rate>', 'let things happen by chance, such as 30/m or 5/s (default: nothing)', rateOf)
    .addHelpText('after', HELP)
    .action(runOpenLoyalty);
}

/** How often it looks whether a day has passed. */
const TICK_MS = 1000;

async function runOpenLoyalty(options: OpenLoyaltyOptions): Promise<void> {
  const { host, port, apiToken, members, seed, activity } = options;
  const random = seed === undefined ? systemClock.random : seededRandom(seed);
  const server = { host, port, apiToken, members, random, clock: systemClock, tickMs: TICK_MS };
  const sandbox = await startOpenLoyaltySandbox(server);
  print(`listening ${sandbox.url}`);
  subscribe(sandbox, options, random);
  say(
    `REST: ${sandbox.url}/api with X-AUTH-TOKEN ${apiToken}. Time, activity, faults, stats: ${sandbox.url}/_sandbox/`,
  );
  const ended = new AbortController();
  const stream = activity === undefined ? null : keepBusy(sandbox, 1000 / activity, ended.signal);
  await stopSignal();
  ended.abort();
  await sandbox.close();
  await stream;
}

function subscribe(sandbox: OpenLoyaltySandbox, options: OpenLoyaltyOptions, random: () => number): void {
  const { sendTo, header: headers, hmac: wanted = false, legacy = false } = options;
  if (sendTo === undefined) return;
  // One secret for all subscriptions: a real tenant has one for each, which nobody wants to copy 56 times.
  const hmac = wanted === true ? `whsec_${new Chance(random).hex(64)}` : wanted;
  const made = sandbox.subscribe({ url: sendTo, headers, hmac, legacy });
  say(`Tells ${sendTo} of every event: ${made.length} subscriptions.`);
  if (hmac !== false) say(`Signed with ${hmac}`);
}

async function keepBusy(sandbox: OpenLoyaltySandbox, pauseMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sandbox.activity(1);
    await systemClock.sleep(pauseMs, signal).catch(() => null);
  }
}

function countOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}

function urlOf(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It takes a URL such as http://127.0.0.1:8080/webhooks/open-loyalty.');
}

function secretOf(text: string): string {
  if (/^whsec_[\da-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('It takes whsec_ and 64 hex digits.');
}

function rateOf(text: string): number {
  const perSecond = parseRate(text);
  if (perSecond !== null) return perSecond;
  throw new InvalidArgumentError('It takes a rate such as 30/m or 5/s.');
}

function headersOf(text: string, before: readonly Header[]): readonly Header[] {
  const [, headerName, headerValue] = /^([\w-]+): *(.*)$/.exec(text) ?? [];
  if (headerName === undefined || headerValue === undefined) {
    throw new InvalidArgumentError("It takes a header such as 'X-Pointsman-Token: secret'.");
  }
  return [...before, { headerName, headerValue }];
}
