import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { PointsmanError } from '../core/errors.ts';
import type { ImportedFact } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import type { Lint } from '../core/lint.ts';
import { checkFact } from '../pipeline/learn/fact-check.ts';
import type { Learned } from '../pipeline/learn/learn.ts';
import type { Source } from '../ports/source.ts';
import type { Writer } from './writer.ts';

/** A file of facts, one JSON object a line, that can be read more than once. */
export interface FactFile {
  /** As the user named it. */
  readonly name: string;
  lines(): AsyncIterable<string> | Iterable<string>;
}

/** What a look through a file came to. */
export interface CheckedFile {
  readonly facts: number;
  readonly badLines: number;
  /** The findings of the first bad lines, each at its line. */
  readonly lints: readonly Lint[];
}

/** What importing needs. */
export interface ImportTools {
  readonly source: Source;
  readonly writer: Pick<Writer, 'learn'>;
  /** Told how many facts are learned by now. */
  readonly onProgress: (facts: number) => void;
}

const CHUNK = 500;
/** A file of another kind has nothing but bad lines: their like need not fill the screen. */
const MOST_LINTS = 1_000;
const MOST_LINE_CHARACTERS = 1_000_000;

/** Opens a file; `-` is what `stdin` holds, kept in memory. Throws `CLI_USAGE` when it cannot be read. */
export async function openFactFile(path: string, stdin: Readable): Promise<FactFile> {
  if (path !== '-') return { name: path, lines: () => linesIn(path, createReadStream(path, 'utf8')) };
  const lines: string[] = [];
  for await (const line of linesIn('the input', stdin.setEncoding('utf8'))) lines.push(line);
  return { name: '(stdin)', lines: () => lines };
}

/** Checks every line. */
export async function checkFactFile(file: FactFile, source: Source): Promise<CheckedFile> {
  let [facts, badLines] = [0, 0];
  const lints: Lint[] = [];
  for await (const { line, findings } of checkedLines(file, source)) {
    if (findings.length === 0) facts += 1;
    else badLines += 1;
    if (badLines <= MOST_LINTS) lints.push(...findings.map((finding) => lintAt(file, line, finding)));
  }
  return { facts, badLines, lints };
}

/** Learns the good lines, chunk by chunk; doing it again changes nothing. */
export async function importFacts(file: FactFile, { source, writer, onProgress }: ImportTools): Promise<Learned> {
  let sum: Learned = { applied: 0, repeated: 0, stale: 0 };
  let facts: ImportedFact[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    const learned = await writer.learn({ source: source.id, facts });
    sum = {
      applied: sum.applied + learned.applied,
      repeated: sum.repeated + learned.repeated,
      stale: sum.stale + learned.stale,
    };
    done += facts.length;
    facts = [];
    onProgress(done);
  };
  for await (const { fact } of checkedLines(file, source)) {
    if (fact !== null) facts.push(fact);
    if (facts.length === CHUNK) await flush();
  }
  if (facts.length > 0) await flush();
  return sum;
}

interface CheckedLine {
  /** 1-based. */
  readonly line: number;
  /** Null when there are findings. */
  readonly fact: ImportedFact | null;
  readonly findings: readonly string[];
}

/** Every line that is not blank. */
async function* checkedLines(file: FactFile, source: Source): AsyncIterable<CheckedLine> {
  let line = 0;
  for await (const raw of file.lines()) {
    line += 1;
    const text = raw.replace(/^\ufeff/, '').trim();
    if (text === '') continue;
    const checked = checkText(text, source);
    yield checked.ok ? { line, fact: checked.fact, findings: [] } : { line, fact: null, findings: checked.findings };
  }
}

function checkText(text: string, source: Source): ReturnType<typeof checkFact> {
  // What a reader puts in the place of bytes that are not UTF-8.
  if (text.includes('\ufffd')) return { ok: false, findings: ['it is not UTF-8'] };
  let input: Json;
  try {
    input = JSON.parse(text) as Json;
  } catch {
    return { ok: false, findings: ['it is not JSON'] };
  }
  return checkFact(input, source);
}

function lintAt({ name }: FactFile, line: number, message: string): Lint {
  const { remedy } = new PointsmanError('API_BAD_FACT', message);
  return { file: name, line, column: 1, severity: 'error', code: 'API_BAD_FACT', message, remedy };
}

/** The lines of a text stream. Throws `CLI_USAGE` when it cannot be read, or holds no lines. */
async function* linesIn(name: string, stream: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MOST_LINE_CHARACTERS) throw new Error('a line is longer than a million characters');
      yield* lines;
    }
  } catch (cause) {
    throw new PointsmanError('CLI_USAGE', `Cannot read ${name}: ${(cause as Error).message}`, { cause });
  }
  yield rest;
}
