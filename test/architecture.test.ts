import { describe, expect, it } from 'vitest';
import { readSourceTree, type SourceFile, sourceFile } from './support/source-tree.ts';

/** What each room may import besides itself; an entry that ends in `.ts` is one file. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ports: ['core'],
  config: ['core', 'ports'],
  mapping: ['core', 'ports'],
  transform: ['core', 'ports'],
  sources: ['core', 'ports'],
  // What every destination needs lies in a folder of its own; the destinations themselves never see each other.
  destinations: ['core', 'ports', 'destinations/shared'],
  storage: ['core', 'ports'],
  sandbox: ['core', 'ports'],
  pipeline: ['core', 'ports'],
  http: ['core', 'ports', 'pipeline'],
  runtime: [
    ...['core', 'ports', 'config', 'mapping', 'transform', 'sources', 'destinations', 'storage', 'sandbox'],
    ...['pipeline', 'http'],
  ],
  cli: [
    ...['runtime', 'core', 'ports', 'config', 'mapping', 'sandbox'],
    ...['http/destination-view.ts', 'http/diff-view.ts', 'http/filters.ts', 'http/log-view.ts', 'http/paging.ts'],
    'http/replay-view.ts',
  ],
};

/** Rooms without packages or builtins: no I/O, no clock. */
const PURE_ROOMS = ['core', 'ports'];

/** The one file that may ask the machine for time, chance and environment. */
const SYSTEM = 'runtime/system.ts';

const BANNED: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/\bDate\.now\b/, 'take a Clock from src/ports/clock.ts and call now()'],
  [/\bnew Date\(\s*\)/, 'take a Clock from src/ports/clock.ts and write new Date(clock.now())'],
  [/(?<!new |\.)\bDate\(/, 'take a Clock from src/ports/clock.ts and call now()'],
  [/\bMath\.random\b/, 'take a Clock from src/ports/clock.ts and call random()'],
  [/\bprocess\.env\b/, 'take the environment as an argument; src/runtime/system.ts hands it out'],
];

/** Holds the version: anybody may read it. */
const MANIFEST = '../package.json';

const MOST_LINES = 250;

/** Files that are started, not imported: a command and the threads. */
const ENTRY = /(^|[-/])(main|worker)\.ts$/;

const DECLARATION =
  /^export (?:declare |abstract |async )*(?<kind>function|interface|type|const|class)\*? (?<name>[\w$]+)/;

const files = readSourceTree();

describe('the rules of the house', () => {
  it('are read from a house that is there', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(300);
    expect(new Set(files.map(({ room }) => room.split('/', 1)[0]))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  it('keep each room to its neighbours', () => {
    expect(files.flatMap(trespasses)).toEqual([]);
  });

  it('keep packages and builtins out of core and ports', () => {
    expect(files.flatMap(impurities)).toEqual([]);
  });

  it('allow no circle of imports', () => {
    expect(circles(files)).toEqual([]);
  });

  it('leave time, chance and environment to one file', () => {
    expect(files.flatMap(bannedUses)).toEqual([]);
  });

  it('want named exports, and no file that only passes them on', () => {
    expect(files.flatMap(exportFaults)).toEqual([]);
  });

  it('let an import do nothing', () => {
    expect(files.filter(({ path }) => !ENTRY.test(path)).flatMap(sideEffects)).toEqual([]);
  });

  it('want a docstring above every export', () => {
    expect(files.flatMap(undocumented)).toEqual([]);
  });

  it(`keep files to ${MOST_LINES} lines`, () => {
    const long = files.filter(({ lines }) => lines.length > MOST_LINES);
    expect(
      long.map(({ path, lines }) => `src/${path} has ${lines.length} lines; look for the second concept in it.`),
    ).toEqual([]);
  });
});

describe('the reader of the rules', () => {
  it.each<[string, string, (file: SourceFile) => readonly string[]]>([
    ['a forbidden room', "import { x } from '../storage/sqlite/a.ts';", trespasses],
    ['a forbidden room in several lines', "import {\n  x,\n} from '../http/app.ts';", trespasses],
    ['a forbidden room for a type', "import type { X } from '../http/app.ts';", trespasses],
    ['a forbidden room at run time', "const x = await import('../http/app.ts');", trespasses],
    ['a forbidden room passed on', "export { x } from '../http/app.ts';", trespasses],
    ['the clock', 'const x = Date.now();', bannedUses],
    ['the clock in a template', 'const x = `at ${Date.now()}`;', bannedUses],
    ['the clock as a date', 'const x = new Date();', bannedUses],
    ['chance', 'const x = Math.random();', bannedUses],
    ['the environment', "const x = process.env['A'];", bannedUses],
    ['the environment by import', "import { env } from 'node:process';", bannedUses],
    ['a default export', 'export default 1;', exportFaults],
    ['a barrel', "export * from './a.ts';", exportFaults],
    ['a statement', 'start();', sideEffects],
    ['module state', 'let x = 1;', sideEffects],
    ['an import for its effect', "import './a.ts';", sideEffects],
    ['no docstring', 'export const x = 1;', undocumented],
    ['a comment that is no docstring', '// Why.\nexport const x = 1;', undocumented],
    ['a docstring further up', '/** Why. */\n\nexport async function x() {}', undocumented],
  ])('finds %s', (_what, text, rule) => {
    expect(rule(sourceFile('pipeline/x.ts', text))).toHaveLength(1);
  });

  it.each<[string, string, (file: SourceFile) => readonly string[]]>([
    ['a neighbour', "import { x } from '../core/id.ts';\nimport { y } from './y.ts';", trespasses],
    ['an import in a comment', "/* import { x } from '../http/app.ts'; */", trespasses],
    ['the clock in a comment', '// Date.now() is banned', bannedUses],
    ['the clock in a text', "const x = 'Date.now()';", bannedUses],
    ['the clock in a pattern', 'const x = /Date.now/;', bannedUses],
    ['a value read once', 'let schema: Schema | null = null;', sideEffects],
    ['a date of a known time', 'const x = new Date(ms);', bannedUses],
    ['an overload', '/** Why. */\nexport function x(): 1;\nexport function x() {}', undocumented],
  ])('lets %s pass', (_what, text, rule) => {
    expect(rule(sourceFile('pipeline/x.ts', text))).toEqual([]);
  });

  it('finds a circle, and names its files', () => {
    const circle = ["import './b.ts';", "import './c.ts';", "import './a.ts';"];
    const round = ['a', 'b', 'c'].map((name, index) => sourceFile(`core/${name}.ts`, circle[index] ?? ''));
    expect(circles(round)).toHaveLength(1);
    expect(circles(round)[0]).toContain('core/a.ts → core/b.ts → core/c.ts → core/a.ts');
  });
});

function trespasses({ path, room, imports }: SourceFile): readonly string[] {
  const top = room.split('/', 1)[0] ?? '';
  const allowed = MAY_IMPORT[top] ?? [];
  const strangers = imports.filter(({ target }) => {
    if (target === null || target.startsWith(`${room}/`) || target === MANIFEST) return false;
    return !allowed.some((one) => target === one || target.startsWith(`${one}/`));
  });
  return strangers.map(
    ({ specifier }) =>
      `src/${path} imports ${specifier}, but ${room} may only import ${allowed.join(', ') || 'itself'}. ` +
      'Move what is shared to core or ports, or have it passed in by runtime.',
  );
}

function impurities({ path, room, imports }: SourceFile): readonly string[] {
  if (!PURE_ROOMS.includes(room)) return [];
  return imports
    .filter(({ target }) => target === null)
    .map(
      ({ specifier }) => `src/${path} imports ${specifier}; ${room} imports no package. Move the code that needs it.`,
    );
}

function bannedUses({ path, bareLines, imports }: SourceFile): readonly string[] {
  if (path === SYSTEM) return [];
  const environment = imports.filter(({ specifier }) => specifier === 'node:process');
  const uses = bareLines.flatMap((line, index) =>
    BANNED.filter(([pattern]) => pattern.test(line)).map(
      ([, remedy]) => `src/${path}:${index + 1} asks the machine; ${remedy}.`,
    ),
  );
  return [...uses, ...environment.map(() => `src/${path} imports node:process; use the global, or have it passed in.`)];
}

function exportFaults({ path, bareLines }: SourceFile): readonly string[] {
  const barrel = /(^|\/)index\.ts$/.test(path) ? [`src/${path} is a barrel; import from the files themselves.`] : [];
  const lines = bareLines.flatMap((line, index) => {
    const place = `src/${path}:${index + 1}`;
    if (/^export default\b/.test(line)) return [`${place} exports a default; give it a name.`];
    if (/^export (type )?\*/.test(line)) return [`${place} passes everything on; import from the file that has it.`];
    return [];
  });
  return [...barrel, ...lines];
}

function sideEffects({ path, bareLines, lines }: SourceFile): readonly string[] {
  const STATEMENT = /^(?!(import|export|const|function|async function|class|abstract class|interface|type)\b)[\w$(]/;
  // What is read once, when it is first asked for.
  const REMEMBERED = /^let \w+: .+ \| null = null;$/;
  return bareLines.flatMap((line, index) => {
    const place = `src/${path}:${index + 1}`;
    const forEffect = /^import\s+['"]/.test(lines[index] ?? '');
    if (!forEffect && (!STATEMENT.test(line) || REMEMBERED.test(line))) return [];
    return [`${place} acts when it is imported; put it into a function that runtime or cli calls.`];
  });
}

function undocumented({ path, lines }: SourceFile): readonly string[] {
  return lines.flatMap((line, index) => {
    const { kind, name } = DECLARATION.exec(line)?.groups ?? {};
    const end = lines.slice(0, index).findLastIndex((before) => !before.startsWith('// biome-ignore'));
    const above = lines[end]?.trim() ?? '';
    if (name === undefined || isDocstringEnd(lines, end)) return [];
    if (kind === 'function' && above.startsWith(`export function ${name}(`)) return [];
    return [`src/${path}:${index + 1} exports ${name} without a docstring; say in one sentence what it is or does.`];
  });
}

/** Whether the docstring of something ends on this line. */
function isDocstringEnd(lines: readonly string[], end: number): boolean {
  if (!lines[end]?.trim().endsWith('*/')) return false;
  const start = lines.slice(0, end + 1).findLast((line) => /^\s*\/\*/.test(line));
  return start?.trim().startsWith('/**') ?? false;
}

/** Every circle of imports once, as one line that names its files. */
function circles(all: readonly SourceFile[]): readonly string[] {
  const importsOf = new Map(all.map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      const circle = [...trail.slice(trail.indexOf(path)), path].join(' → ');
      found.push(`${circle}: move what they share into a file of its own.`);
      return;
    }
    if (done.has(path)) return;
    for (const target of importsOf.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of all) visit(path, []);
  return found;
}
