import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { styled } from '../terminal.ts';
import { PROJECT_TOKEN } from './config-text.ts';
import { MEMBERS } from './members.ts';
import { shortId } from './screen.ts';
import { messageOf } from './sender.ts';
import type { DemoSite } from './site.ts';
import type { WatchedDelivery } from './watch.ts';
import { tierChanged } from './webhooks.ts';

/** From a checkout npm runs the sources; what is installed is a command. */
const POINTSMAN = import.meta.url.endsWith('.ts') ? 'npm run -s pointsman --' : 'npx pointsman';

const OUTAGE = '{"kind":"outage","forMs":30000}';
const { ann, grace } = MEMBERS;

/** Writes the files that the hints name: a webhook, and headers, which so stay out of the shell's history. */
export function writeHintFiles({ dir, door, bloomreachHeaders }: DemoSite, clock: Clock): void {
  const json = { 'Content-Type': 'application/json' };
  const webhook = messageOf(tierChanged(grace, 'Gold', 'down'), clock.now());
  writeFileSync(join(dir, 'webhook.json'), `${JSON.stringify(webhook, null, 2)}\n`);
  writeFileSync(join(dir, 'webhook-headers.txt'), headerLines({ ...door.headers, ...json }));
  writeFileSync(join(dir, 'bloomreach-headers.txt'), headerLines({ ...bloomreachHeaders, ...json }));
}

/** What runs where. */
export function introLines({ server, sandbox, configFile }: DemoSite): string[] {
  const place = (name: string, where: string) => `  ${styled('dim', name.padEnd(21))}  ${where}`;
  return [
    '',
    place('Pointsman', server.url),
    place('Bloomreach sandbox', sandbox.url),
    place('config, store and log', `${dirname(configFile)}/`),
    '',
  ];
}

/** What to try next, as commands that work while the demo is up. */
export function hintLines(site: DemoSite, deliveries: readonly WatchedDelivery[]): string[] {
  const config = `-c ${quoted(site.configFile)}`;
  const telling = deliveries.find(({ status }) => status === 'dead') ?? deliveries[0];
  const file = (name: string) => quoted(`@${join(site.dir, name)}`);
  const exportOne = `${site.sandbox.url}/data/v2/projects/${PROJECT_TOKEN}/customers/export-one`;
  const customer = JSON.stringify({ customer_ids: { registered: ann.email } });
  const hints: readonly (readonly [string, string])[] = [
    ['what was sent to Ann', `${POINTSMAN} deliveries list --member ${ann.email} ${config}`],
    ...(telling
      ? [['one delivery, whole', `${POINTSMAN} deliveries show ${shortId(telling.id)} ${config}`] as const]
      : []),
    ['events that no mapping names', `${POINTSMAN} events unmatched ${config}`],
    [
      'another webhook; once more, and it is a duplicate',
      `curl -H ${file('webhook-headers.txt')} -d ${file('webhook.json')} ${site.door.url}`,
    ],
    ['break Bloomreach for 30 s', `curl -d '${OUTAGE}' ${site.sandbox.url}/_sandbox/faults`],
    ['what Bloomreach holds of Ann', `curl -H ${file('bloomreach-headers.txt')} -d '${customer}' ${exportOne}`],
  ];
  return [
    styled('bold', 'What to try next, in another terminal:'),
    ...hints.flatMap(([what, command]) => [styled('dim', `  # ${what}`), `  ${command}`]),
    '',
  ];
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

/** As a shell reads it back unchanged. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
