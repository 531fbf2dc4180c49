import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styled } from '../terminal.ts';
import { doorUrl, PROJECT_TOKEN } from './config-text.ts';
import { shortId } from './screen.ts';
import type { DemoSite } from './site.ts';
import type { WatchedDelivery } from './watch.ts';

/** From a checkout npm runs the sources; what is installed is a command. */
const POINTSMAN = import.meta.url.endsWith('.ts') ? 'npm run -s pointsman --' : 'npx pointsman';

const OUTAGE = '{"kind":"outage","forMs":30000}';
const ACTIVITY = '{"count":20}';
const HEADERS_FILE = 'bloomreach-headers.txt';

/** Writes the headers that a hint sends: in a file they stay out of the shell's history. */
export function writeHintFiles({ dir, bloomreachHeaders }: Pick<DemoSite, 'dir' | 'bloomreachHeaders'>): void {
  const headers = Object.entries({ ...bloomreachHeaders, 'Content-Type': 'application/json' });
  writeFileSync(join(dir, HEADERS_FILE), headers.map(([name, value]) => `${name}: ${value}\n`).join(''));
}

/** What runs where. */
export function introLines({ openLoyalty, server, bloomreach, dir }: DemoSite): string[] {
  const place = (name: string, where: string) => `  ${styled('dim', name.padEnd(23))}  ${where}`;
  return [
    '',
    place('Open Loyalty sandbox', openLoyalty.url),
    place('Pointsman', server.url),
    place('Bloomreach sandbox', bloomreach.url),
    place('config, mappings, store', `${dir}/`),
    '',
  ];
}

/** What to try next, as commands that work while the demo is up. */
export function hintLines(site: DemoSite, deliveries: readonly WatchedDelivery[]): string[] {
  const hints = [...lookHints(site, deliveries), ...doHints(site)];
  return [
    styled('bold', 'What to try next, in another terminal:'),
    ...hints.flatMap(([what, command]) => [styled('dim', `  # ${what}`), `  ${command}`]),
    '',
  ];
}

type Hint = readonly [what: string, command: string];

function lookHints({ configFile, cast, dir, bloomreach }: DemoSite, deliveries: readonly WatchedDelivery[]): Hint[] {
  const config = `-c ${quoted(configFile)}`;
  const email = cast.members.ann.profile.email ?? '';
  const telling = deliveries.find(({ status }) => status === 'dead') ?? deliveries[0];
  const exportOne = `${bloomreach.url}/data/v2/projects/${PROJECT_TOKEN}/customers/export-one`;
  const customer = JSON.stringify({ customer_ids: { registered: email } });
  const headers = quoted(`@${join(dir, HEADERS_FILE)}`);
  return [
    ['what was sent to Ann', `${POINTSMAN} deliveries list --member ${email} ${config}`],
    ['what Bloomreach holds of Ann', `curl -H ${headers} -d '${customer}' ${exportOne}`],
    ...(telling
      ? [['one delivery, whole', `${POINTSMAN} deliveries show ${shortId(telling.id)} ${config}`] as const]
      : []),
    ['events that no mapping names', `${POINTSMAN} events unmatched ${config}`],
  ];
}

function doHints({ openLoyalty, server, bloomreach, dir }: DemoSite): Hint[] {
  const mapping = join(dir, 'mappings', 'tier-change.yaml');
  return [
    ['let 20 things happen at Open Loyalty', `curl -d '${ACTIVITY}' ${openLoyalty.url}/_sandbox/activity`],
    ['a webhook that nobody signed', `curl -d '{}' ${doorUrl(server.url)}`],
    ['break Bloomreach for 30 s', `curl -d '${OUTAGE}' ${bloomreach.url}/_sandbox/faults`],
    ['change what is sent: it counts once saved, if its tests pass', `\${EDITOR:-vi} ${quoted(mapping)}`],
  ];
}

/** As a shell reads it back unchanged. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
