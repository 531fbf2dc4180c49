import { request } from 'undici';

/** One value of a scrape. */
export interface Scraped {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks a server for its metrics. */
export async function scrape(url: string): Promise<readonly Scraped[]> {
  const answer = await request(`${url}/metrics`);
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`/metrics answered ${answer.statusCode}: ${text}`);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(scrapedOf);
}

/** The value of a metric, summed over what has these labels; null when there is none. */
export function measured(all: readonly Scraped[], name: string, labels: Scraped['labels'] = {}): number | null {
  const wanted = Object.entries(labels);
  const found = all.filter((one) => one.name === name && wanted.every(([label, value]) => one.labels[label] === value));
  return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
}

function scrapedOf(line: string): Scraped {
  const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text]);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}
