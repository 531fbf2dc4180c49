import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Json, JsonObject } from '../../src/core/json.ts';

const SERVER = fileURLToPath(
  new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url),
);
/** What the server asks its editor for. Nothing is fetched: schemas come only from the files themselves. */
const SETTINGS: JsonObject = {
  schemaStore: { enable: false },
  kubernetesCRDStore: { enable: false },
  validate: true,
  completion: true,
  hover: true,
};

/** One thing an editor offers to insert. */
export interface Completion {
  readonly label: string;
  readonly insertText: string;
  readonly documentation?: Json;
}

/** One thing an editor underlines; lines and columns from 0. */
interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** The language server of VS Code's YAML extension, over stdio. */
export interface LanguageServer {
  /** What is offered where `¦` stands in the text; the file need not exist, its folder gives the schema's place. */
  complete(file: string, textWithCursor: string): Promise<readonly Completion[]>;
  diagnose(file: string, text: string): Promise<readonly Diagnostic[]>;
  hover(file: string, textWithCursor: string): Promise<string>;
  stop(): void;
}

/** Starts the server. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const child = spawn(process.execPath, [SERVER, '--stdio']);
  const wire = new Wire(child);
  await wire.request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true }, textDocument: { completion: { completionItem: {} } } },
  });
  wire.notify('initialized', {});
  wire.notify('workspace/didChangeConfiguration', { settings: {} });
  let version = 0;
  const open = (file: string, text: string): string => {
    version += 1;
    // Each text is a document of its own: no answer can be about the one before.
    const uri = pathToFileURL(file.replace(/\.yaml$/, `-${version}.yaml`)).href;
    wire.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version, text } });
    return uri;
  };
  const ask = (method: string, file: string, textWithCursor: string): Promise<Json> => {
    const offset = textWithCursor.indexOf('¦');
    const uri = open(file, textWithCursor.replace('¦', ''));
    const before = textWithCursor.slice(0, offset).split('\n');
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    return wire.request(method, { textDocument: { uri }, position });
  };
  return {
    complete: async (file, text) => {
      const answer = (await ask('textDocument/completion', file, text)) as {
        readonly items: readonly Completion[];
      } | null;
      return answer?.items ?? [];
    },
    diagnose: async (file, text) => {
      const uri = open(file, text);
      return (await wire.diagnostics(uri)) as unknown as readonly Diagnostic[];
    },
    hover: async (file, text) => JSON.stringify(await ask('textDocument/hover', file, text)),
    stop: () => child.kill(),
  };
}

/** JSON-RPC with the framing of the language server protocol. */
class Wire {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers = new Map<number, (message: JsonObject) => void>();
  readonly #published = new Map<string, (diagnostics: Json) => void>();
  #received = Buffer.alloc(0);
  #lastId = 0;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  request(method: string, params: JsonObject): Promise<Json> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? null);
        else reject(new Error(`${method}: ${JSON.stringify(error)}`));
      });
      this.#send({ id, method, params });
    });
  }

  notify(method: string, params: JsonObject): void {
    this.#send({ method, params });
  }

  /** The diagnostics published next about a document. */
  diagnostics(uri: string): Promise<Json> {
    return new Promise((resolve) => this.#published.set(uri, resolve));
  }

  #send(message: JsonObject): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const head = this.#received.indexOf('\r\n\r\n');
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.toString('latin1', 0, Math.max(head, 0)))?.[1],
      );
      if (head < 0 || this.#received.length < head + 4 + length) return;
      const body = this.#received.toString('utf8', head + 4, head + 4 + length);
      this.#received = this.#received.subarray(head + 4 + length);
      this.#take(JSON.parse(body) as JsonObject);
    }
  }

  #take(message: JsonObject): void {
    const { id, method, params } = message as { id?: number; method?: string; params?: JsonObject };
    if (method === undefined) this.#answers.get(id ?? 0)?.(message);
    else if (method === 'workspace/configuration') this.#send({ id: id ?? 0, result: this.#settings(params ?? {}) });
    else if (method === 'textDocument/publishDiagnostics') {
      this.#published.get(String(params?.['uri']))?.(params?.['diagnostics'] ?? []);
    } else if (id !== undefined) this.#send({ id, result: null });
  }

  #settings({ items }: JsonObject): Json {
    return Array.isArray(items)
      ? items.map((item: Json) => ((item as JsonObject)['section'] === 'yaml' ? SETTINGS : {}))
      : [];
  }
}
