import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { bloomreachEndpoints } from '../../src/destinations/bloomreach/endpoints.ts';
import { compileMappings } from '../../src/mapping/compile.ts';
import { formatLint } from '../../src/mapping/format-lint.ts';
import { shape } from '../../src/pipeline/route/shape.ts';
import { eventOf, runMappingTests } from '../../src/runtime/mapping-tests.ts';
import { createOpenLoyaltySource } from '../../src/sources/open-loyalty/source.ts';
import { createTransformEngine } from '../../src/transform/engine.ts';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';
import { compiledFiles, galleryFiles, knownWallets, literalEventType, MEMBERLESS } from './gallery.ts';

/** What the comment before a snippet says, in YAML: an event, and what the snippet makes of it. */
interface Example {
  /** Where the snippet belongs: `properties` or top-level `keys` of a mapping; a whole one when left out. */
  readonly in?: 'properties' | 'keys';
  /** The rest of the mapping of a snippet of keys, when it is not the usual one. */
  readonly with?: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly recall?: unknown;
  readonly expect: unknown;
}

interface Snippet {
  readonly page: string;
  readonly line: number;
  /** Null when no comment stands before it. */
  readonly example: Example | null;
  readonly yaml: string;
}

const EXAMPLE = 'docs/points-expiring-example.md';
const SNIPPET = /(?:<!--((?:(?!-->)[\s\S])*)-->\n)?```yaml\n([\s\S]*?)```/g;

const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });
const engine = createTransformEngine({ deadlineMs: 5_000, workers: 1 });
afterAll(() => engine.close());

const endpoints = { endpoints: bloomreachEndpoints };
const context = {
  sources: new Map([[source.id, source.catalogue]]),
  destinations: new Map([
    ['bloomreach', endpoints],
    ['bloomreach-germany', endpoints],
  ]),
  checker: createFormulaChecker(),
};
const tools = {
  engine,
  endpoint: (_destination: string, name: string) => bloomreachEndpoints.get(name) ?? null,
  sources: new Map([[source.id, source]]),
  readSample: async () => '{}',
};

describe.each(snippetsOf('docs/mappings.md'))('the snippet at $page:$line', ({ example, yaml }) => {
  it('is sound, and does with its example what the page says', async () => {
    const text = example ? `${wrapped(example, yaml)}` : yaml;
    const [file] = compileMappings([{ file: 'snippet.yaml', bytes: new TextEncoder().encode(text) }], context);
    expect(file?.lints.map((lint) => formatLint(lint, text))).toEqual([]);
    const reports = await runMappingTests(file?.mappings ?? [], tools);
    expect(reports.length, 'A comment with an event and what comes of it stands before the snippet').toBeGreaterThan(0);
    expect(reports.map(({ mismatches }) => mismatches)).toEqual(reports.map(() => []));
  });
});

describe('the table of the gallery', () => {
  const rows = [
    ...readFileSync('docs/mappings.md', 'utf8').matchAll(/^\| `([a-z-]+)`( \(rests\))? \|[^|]*\|([^|]*)\|([^|]*)\|$/gm),
  ];
  const mappings = compiledFiles(galleryFiles()).flatMap((file) => file.mappings);

  it('has every file, with its webhooks and what Bloomreach gets', () => {
    const told = rows.map(([, name, , webhooks = '', sent = '']) => [
      `${name}.yaml`,
      webhooks.trim().split(', ').sort(),
      [...sent.matchAll(/`(\w+)`/g)].map(([, type]) => type).sort(),
      sent.includes('attributes'),
    ]);
    const files = [...new Set(mappings.map(({ file }) => file))];
    const real = files.map((file) => {
      const own = mappings.filter((mapping) => mapping.file === file);
      const types = own
        .filter(({ endpoint }) => endpoint === 'event')
        .flatMap((one) => literalEventType(one) ?? typesIn(one.text));
      return [
        file,
        [...new Set(own.flatMap(({ events }) => events))].sort(),
        types.sort(),
        own.some(({ endpoint }) => endpoint === 'customer'),
      ];
    });
    expect(told.sort()).toEqual(real.sort());
  });

  it('says which of them rest, and which webhooks come to nothing', () => {
    const text = new Map(galleryFiles().map(({ file }) => [file, readFileSync(`mappings/${file}`, 'utf8')]));
    for (const [, name, rests] of rows) {
      expect(/^enabled: false$/m.test(text.get(`${name}.yaml`) ?? ''), name).toBe(rests !== undefined);
    }
    expect(readFileSync('docs/mappings.md', 'utf8').replaceAll(/\s+/g, ' ')).toContain(`(${MEMBERLESS.join(', ')})`);
  });
});

describe('the worked example', () => {
  const mappings = compiledFiles(galleryFiles()).flatMap((file) => file.mappings);
  const blocks = [...readFileSync(EXAMPLE, 'utf8').matchAll(/```json ([a-z-]+)\n([\s\S]*?)```/g)].map(
    ([, kind = '', text = '']) => ({ kind, json: JSON.parse(text) }),
  );
  const memory = blocks.find(({ kind }) => kind === 'memory')?.json;
  const wallets = knownWallets(new Map([[memory.key, memory.value]]));
  const requests = blocks.flatMap(({ kind, json }, index) => {
    const webhook = blocks.slice(0, index).findLast((block) => block.kind === 'webhook')?.json;
    return kind === 'webhook' || kind === 'memory' ? [] : [{ kind, json, webhook }];
  });

  it.each(requests)('shows what $kind really sends', async ({ kind, json, webhook }) => {
    const mapping = mappings.find(({ id }) => id === kind);
    if (!mapping) throw new Error(`no mapping ${kind}`);
    const event = eventOf(source, JSON.stringify(webhook), 0);
    const shaping = { event, mapping, run: 0, waitingSinceMs: event.clockMs, nowMs: event.clockMs };
    const [drafts = []] = await shape([shaping], { ...tools, memberIdKind: 'email', facts: wallets });
    expect(drafts.map(({ request }) => JSON.parse(request ?? 'null'))).toEqual([json]);
  });

  it('quotes the table of discounts as it ships', () => {
    const [, table = ''] = /```\n(\$discounts.*)\n```/.exec(readFileSync(EXAMPLE, 'utf8')) ?? [];
    expect(table).not.toBe('');
    expect(readFileSync('mappings/tier-profile.yaml', 'utf8')).toContain(table);
  });
});

describe('the page about Open Loyalty', () => {
  const page = readFileSync('docs/open-loyalty.md', 'utf8');

  it('subscribes exactly what the gallery takes', () => {
    const [, listed = ''] = /EVENTS="([\s\S]*?)"/.exec(page) ?? [];
    const taken = compiledFiles(galleryFiles()).flatMap((file) => file.mappings.flatMap(({ events }) => events));
    expect(listed.split(/\s+/)).toEqual([...new Set(taken)].sort());
  });
});

/** The types between which a formula of a mapping chooses. */
function typesIn(text: string): readonly string[] {
  return [...(/^ {2}event_type: (.*)$/m.exec(text)?.[1] ?? '').matchAll(/'(purchase\w*)'/g)].map(
    ([, type = '']) => type,
  );
}

function snippetsOf(page: string): readonly Snippet[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(SNIPPET)].map(({ 0: whole, 1: comment, 2: yaml = '', index }) => {
    const line = text.slice(0, index + whole.indexOf('```yaml')).split('\n').length;
    return { page, line, yaml, example: comment === undefined ? null : (parse(comment.trim()) as Example) };
  });
}

/** A mapping around the snippet, in which its example is the first test of the first document. */
function wrapped({ in: place, with: rest, event, recall, expect }: Example, yaml: string): string {
  const test = { name: 'the example', event, ...(recall === undefined ? {} : { recall }), expect };
  const tests = stringify({ tests: [test] });
  if (place === undefined) {
    const [first = '', ...further] = yaml.split(/^---\n/m);
    return [first + tests, ...further].join('---\n');
  }
  if (place === 'properties') {
    return `${base(event, yaml.replaceAll(/^(?=.)/gm, '    '))}${tests}`;
  }
  if (yaml.startsWith('tests:')) return `${rest ?? ''}${yaml}${stringify([test]).replaceAll(/^(?=.)/gm, '  ')}`;
  const own = Object.keys(parse(yaml) as object);
  const lines = Object.entries(parse(base(event, '')) as object).filter(([key]) => !own.includes(key));
  return `${stringify(Object.fromEntries(lines))}${yaml}${tests}`;
}

/** The mapping that a part stands in when the page shows the part alone; not every webhook has the customer it asks for. */
function base({ eventName }: Example['event'], properties: string): string {
  return `event: ${eventName}
to: bloomreach.event
transform:
  customer_ids: { registered: "=$memberId($lookup(data, 'customer'))" }
  event_type: example
  properties:
    event_id: =$eventId()
${properties}`;
}
