import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readQuery } from './promql.ts';
import { type Running, startRunning } from './running.ts';
import { type Scraped, scrape } from './scraped.ts';
import { post, TIER_MAPPING, tierChange, until } from './trouble.ts';

/** What Prometheus adds to everything it scrapes. */
const TARGET_LABELS = ['instance', 'job'];
const EXPIRING = `event: PointsWillExpire
to: bloomreach.event
transform:
  customer_ids: { registered: "=$recall('wallet', data.accountId).email" }
  event_type: expiring
  properties: { event_id: "=$eventId()" }
`;

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const rules = (
  parse(readFileSync('docs/monitoring/alerts.yaml', 'utf8')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync('docs/monitoring/grafana-dashboard.json', 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

const queries: readonly (readonly [string, string])[] = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.annotations.list.map(({ expr }) => ['annotation', expr] as const),
];

let running: Running;
/** Every metric that was seen, with every label it had. */
const seen = new Map<string, Set<string>>();

beforeAll(async () => {
  running = await startRunning({
    mappings: { 'tier.yaml': TIER_MAPPING, 'expiring.yaml': EXPIRING },
    destination: '    retry: { quick: 0, schedule: [1h], giveUpAfter: 2h }\n    breaker: { failures: 2, probe: 1h }\n',
  });
  await meetEverything();
}, 60_000);
afterAll(() => running.stop());

/** Traffic of every kind: delivered, dead, unmatched, refused, waiting, held, broken, paused, missing. */
async function meetEverything(): Promise<void> {
  const { url } = running.server;
  const remember = async () => remembered(await scrape(url));
  for (const id of ['m-1', 'm-1', 'm-2']) await post(url, tierChange(id));
  await post(url, { ...tierChange('u-1'), eventName: 'SegmentMembershipDropped' });
  await post(url, { ...tierChange('w-1'), eventName: 'PointsWillExpire', data: { accountId: 'w-1' } });
  await request(`${url}/webhooks/open-loyalty`, { method: 'POST', body: '{}' });
  await running.settled();
  running.sandbox.faults.add({ kind: 'refuse', message: 'Not authorized to add event of specified type', count: 1 });
  await post(url, tierChange('dead'));
  await running.settled();
  running.sandbox.faults.add({ kind: 'outage', forMs: 600_000 });
  await post(url, tierChange('held'));
  await until(async () => (await running.server.reads.gauges()).heldLanes.length > 0, 'a lane is held');
  await remember();
  const config = readFileSync(running.configFile, 'utf8');
  writeFileSync(running.configFile, config.replace('\n  bloomreach:\n', '\n  elsewhere:\n'));
  await running.server.reload();
  await remember();
}

function remembered(all: readonly Scraped[]): void {
  for (const { name, labels } of all) {
    const known = seen.get(name) ?? new Set<string>();
    for (const label of Object.keys(labels)) known.add(label);
    seen.set(name, known);
  }
}

describe('the dashboard and the alert rules', () => {
  it.each(queries)('%s: reads what a server that saw everything shows: %s', (_title, query) => {
    const { metrics, labels, faults } = readQuery(query);
    expect(faults, 'Correct the PromQL.').toEqual([]);
    expect(metrics.length, 'Name a metric.').toBeGreaterThan(0);
    for (const metric of metrics) expect([...seen.keys()], 'Name a metric that is published.').toContain(metric);
    const known = [...TARGET_LABELS, ...metrics.flatMap((metric) => [...(seen.get(metric) ?? [])])];
    for (const label of labels) expect(known, 'Use a label that the metric has.').toContain(label);
  });

  it.each(rules)('$alert: names only labels that its expression keeps', ({ expr, annotations }) => {
    const { metrics, labels } = readQuery(expr);
    const isGrouped = expr.includes(' by ');
    const kept = isGrouped ? labels : metrics.flatMap((metric) => [...(seen.get(metric) ?? [])]);
    const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    for (const label of named) expect([...kept, ...TARGET_LABELS]).toContain(label);
  });

  it.each(panels)('$title: names only labels that its queries keep', ({ targets = [] }) => {
    for (const { expr, legendFormat } of targets) {
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      for (const label of named) expect(readQuery(expr).labels).toContain(label);
    }
  });

  it('show every metric that is published', () => {
    const used = new Set(queries.flatMap(([, query]) => readQuery(query).metrics));
    const unused = [...seen.keys()].filter((name) => !used.has(name) && !/_(sum|count|bucket)$/.test(name));
    expect(unused, 'Put it on the dashboard, or publish it no more.').toEqual([
      'pointsman_mappings',
      'pointsman_process_uptime_seconds',
      'pointsman_process_open_fds',
    ]);
  });

  it.each(rules)('$alert: has a severity, and a runbook that exists', ({ alert, labels, annotations }) => {
    expect(['info', 'warning', 'critical']).toContain(labels.severity);
    const [file = '', anchor] = annotations.runbook_url.split('#');
    const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => slug(title));
    expect(headings, `Write the section of ${alert} in ${file}.`).toContain(anchor);
  });
});

/** As GitHub makes anchors of headings. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
