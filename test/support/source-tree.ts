import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** One import of a source file. */
interface Import {
  /** As written. */
  readonly specifier: string;
  /** The file it leads to, relative to `src` (`../package.json` stands beside it); null for a package or a builtin. */
  readonly target: string | null;
}

/** A source file as the rules of the house see it. */
export interface SourceFile {
  /** Relative to `src`, with forward slashes. */
  readonly path: string;
  /** `core`, `pipeline`, …; for adapters with their own name, such as `storage/sqlite`. */
  readonly room: string;
  readonly lines: readonly string[];
  /** The lines with comments, texts and regular expressions blanked, at the same places. */
  readonly bareLines: readonly string[];
  readonly imports: readonly Import[];
}

/** Rooms whose folders are adapters that must not know one another. */
const ADAPTER_ROOMS = ['sources', 'destinations', 'storage', 'sandbox'];

/** Reads every source file. */
export function readSourceTree(root = 'src'): readonly SourceFile[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const paths = names.map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.ts'));
  return paths.sort().map((path) => sourceFile(path, readFileSync(`${root}/${path}`, 'utf8')));
}

/** Takes one file apart. */
export function sourceFile(path: string, text: string): SourceFile {
  const [room = '', adapter = ''] = path.split('/');
  return {
    path,
    room: ADAPTER_ROOMS.includes(room) ? `${room}/${adapter}` : room,
    lines: text.trimEnd().split('\n'),
    bareLines: blanked(text, ['comment', 'text']).trimEnd().split('\n'),
    imports: importsIn(path, blanked(text, ['comment'])),
  };
}

/** What is imported, statically or not, from anywhere. */
function importsIn(path: string, text: string): readonly Import[] {
  const statements = text.matchAll(/^(?:import\s*|(?:import|export)\b[^;'"=]*?\bfrom\s*)['"]([^'"]+)['"]/gm);
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  return [...statements, ...calls].map(([, specifier = '']) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
    return { specifier, target };
  });
}

type Piece = 'comment' | 'text';

/** A comment, a text, or a regular expression where one may stand; whichever begins first. */
const PIECES =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)|(?<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{};]\s*|return\s)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)/g;

/** The text with these kinds of pieces blanked; formulas inside template texts stay. */
function blanked(text: string, kinds: readonly Piece[]): string {
  return text.replaceAll(PIECES, (piece, ...rest) => {
    const groups = rest.at(-1) as Readonly<Record<Piece, string | undefined>>;
    const kind: Piece = groups.comment === undefined ? 'text' : 'comment';
    if (!kinds.includes(kind)) return piece;
    return piece.startsWith('`')
      ? piece.replaceAll(/(\$\{[^}]*\})|[^\n]/g, (_, formula) => formula ?? ' ')
      : blank(piece);
  });
}

function blank(piece: string): string {
  return piece.replaceAll(/[^\n]/g, ' ');
}
