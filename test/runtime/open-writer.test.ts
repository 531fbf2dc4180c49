import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { openWriter } from '../../src/runtime/open-writer.ts';
import { defaultConfig } from '../../src/runtime/workbench.ts';
import type { Writer } from '../../src/runtime/writer.ts';
import type { WriterOptions } from '../../src/runtime/writer-options.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { closeSites, openSite } from '../http/site.ts';
import { temporaryFolder } from '../storage/sqlite/temporary.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createSilentLogger } from '../support/silent-logger.ts';

const ADMIN = 'a-token-of-an-admin';
const VIEWER = 'a-token-of-a-viewer';
const FACT = { storeCode: 'X', kind: 'wallet', key: 'w-1', value: { name: 'ann', email: 'ann@example.com' } };

afterEach(closeSites);

/** A config of its own folder; port 1 is nobody's. */
function configOf(over: Partial<Config> = {}): Config {
  const dir = temporaryFolder();
  const built = defaultConfig(dir);
  const store = { ...built.store, path: join(dir, 'pointsman.db') };
  const tokens = [
    { name: 'vic', role: 'viewer', token: VIEWER } as const,
    { name: 'ops', role: 'admin', token: ADMIN } as const,
  ];
  return { ...built, store, api: { tokens }, server: { ...built.server, port: 1 }, ...over };
}

async function open(config: Config, over: Partial<WriterOptions> = {}): Promise<Writer> {
  const writer = await openWriter({ config, clock: createManualClock(), log: createSilentLogger(), ...over });
  onTestFinished(() => writer.close());
  return writer;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function openServer() {
  return openSite({
    app: {
      tokens: [
        { name: 'ops', role: 'admin', token: ADMIN },
        { name: 'vic', role: 'viewer', token: VIEWER },
      ],
    },
  });
}

describe('a writer', () => {
  it('writes through the server that the config makes listen, with its admin token', async () => {
    const site = await openServer();
    const built = configOf();
    const config = { ...built, server: { ...built.server, host: '0.0.0.0', port: site.port } };
    const writer = await open(config);
    expect(writer.where).toBe(`the server at http://127.0.0.1:${site.port}`);
    expect(await writer.checkpoint('seed:x')).toBeNull();
    const checkpoint = { name: 'seed:x', value: 'page 2' };
    expect(await writer.learn({ source: 'loyalty', facts: [FACT], checkpoint })).toMatchObject({ applied: 1 });
    expect(await writer.checkpoint('seed:x')).toBe('page 2');
    expect((await site.corridor.store.factRows({}, { before: null, limit: 5 })).items).toHaveLength(1);
  });

  it('writes to the store itself when no server runs, or another program listens there', async () => {
    const other = new URL(await listening(createServer((_request, response) => void response.end('{"name":"other"}'))));
    const built = configOf();
    for (const port of [1, 0, Number(other.port)]) {
      const config = { ...built, server: { ...built.server, port } };
      const writer = await openWriter({ config, clock: createManualClock(), log: createSilentLogger() });
      expect(writer.where).toBe(`the database ${config.store.path}`);
      await writer.learn({
        source: 'open-loyalty',
        facts: [FACT],
        checkpoint: { name: 'seed:x', value: String(port) },
      });
      expect(await writer.checkpoint('seed:x')).toBe(String(port));
      await writer.close();
    }
  });

  it('says what to do when a server holds the store and cannot be found', async () => {
    const config = configOf();
    const store = openSqliteStore({ path: config.store.path, nowMs: 0 });
    onTestFinished(() => store.close());
    await expect(open(config)).rejects.toMatchObject({
      code: 'STORE_IN_USE',
      message: expect.stringMatching(/, but not at http:\/\/127\.0\.0\.1:1: name its address with --url, or stop it$/),
    });
  });

  it('never falls back to the store when an address was named', async () => {
    await expect(open(configOf(), { url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
  });

  it.each([
    ['a wrong token', 'wrong', 'API_UNAUTHORIZED'],
    ['the token of a viewer', VIEWER, 'API_FORBIDDEN'],
  ])('says how to give another token than %s', async (_what, token, code) => {
    const { url } = await openServer();
    const writer = await open(configOf(), { url: `${url}/`, token });
    const learning = writer.learn({ source: 'loyalty', facts: [FACT] });
    await expect(learning).rejects.toMatchObject({ code, message: expect.stringContaining('set POINTSMAN_TOKEN') });
    await expect(learning).rejects.not.toThrow(token);
  });

  it('passes on what the server says is wrong', async () => {
    const { url } = await openServer();
    const learning = (await open(configOf(), { url })).learn({ source: 'other', facts: [] });
    await expect(learning).rejects.toMatchObject({
      code: 'API_BAD_REQUEST',
      message: expect.stringMatching(/^source must be/),
    });
  });

  it('tries again when the server cannot write for a moment', async () => {
    const answers = [
      [503, { code: 'STORE_UNWRITABLE', detail: 'The disk is full' }],
      [200, { applied: 1, repeated: 0, stale: 0 }],
    ] as const;
    let asked = 0;
    const url = await listening(
      createServer((request, response) => {
        const [status, body] =
          request.url === '/version' ? [200, { name: 'pointsman' }] : (answers[asked++] ?? [500, {}]);
        response.writeHead(status).end(JSON.stringify(body));
      }),
    );
    const writer = await open(configOf(), { url });
    expect(await writer.learn({ source: 'loyalty', facts: [FACT] })).toMatchObject({ applied: 1 });
    expect(asked).toBe(2);
  });
});
