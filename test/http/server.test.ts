import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import { closeSites, connectRaw, headOf, holdCommits, openSite, REQUEST_TIMEOUT_MS } from './site.ts';

const EVENT = '{"eventName":"LevelChanged"}';

afterEach(closeSites);

describe('a server', () => {
  it('that cannot have its address says which one', async () => {
    const { port } = await openSite();
    const options = { host: '127.0.0.1', port, door: () => {}, app: () => {}, requestTimeoutMs: 1_000 };
    const message = expect.stringContaining(`Cannot listen on 127.0.0.1:${port}`);
    await expect(startServer(options)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message });
  });
});

describe('closing a server', () => {
  it('answers what is in progress, and waits for nothing else', async () => {
    const site = await openSite({ requestTimeoutMs: 5_000 });
    const commits = holdCommits(site);
    const unused = await connectRaw(site.port, '');
    const agent = new Agent({ keepAlive: true });
    const idle = get(`${site.url}/healthz`, { agent });
    const [healthy] = await once(idle, 'response');
    healthy.resume();
    const inProgress = site.post(EVENT);
    await commits.asked;
    const closed = site.server.close();
    await expect(fetch(`${site.url}/healthz`)).rejects.toThrow();
    commits.release();
    expect((await inProgress).status).toBe(202);
    const started = performance.now();
    await closed;
    expect(performance.now() - started).toBeLessThan(1_000);
    await unused.ended;
    agent.destroy();
  });

  it('waits for a request that never ends only as long as a request may take', async () => {
    const site = await openSite();
    const hanging = await connectRaw(site.port, `${headOf(100)}{`);
    const malformed = await connectRaw(site.port, 'garbage\r\n\r\n');
    await malformed.ended;
    const started = performance.now();
    await site.server.close();
    expect(performance.now() - started).toBeLessThan(REQUEST_TIMEOUT_MS + 1_000);
    await hanging.ended;
    malformed.socket.destroy();
  });
});
