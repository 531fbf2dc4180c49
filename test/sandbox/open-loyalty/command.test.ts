import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { pointsman } from '../../cli/pointsman.ts';
import { startReceiver } from './support.ts';

it('runs as a command, tells the URL it was given, and ends when asked', async () => {
  const { received, url } = await startReceiver();
  const args = [
    '--port',
    '0',
    '--seed',
    '3',
    '--send-to',
    url,
    '--header',
    'X-Pointsman-Token: s3cret',
    '--activity',
    '50/s',
  ];
  const child = spawn(process.execPath, ['src/cli/main.ts', 'sandbox', 'open-loyalty', ...args]);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  expect(line).toMatch(/^listening http:\/\/127\.0\.0\.1:\d+$/);
  await expect.poll(() => received.length, { timeout: 10_000 }).toBeGreaterThan(10);
  expect(received[0]?.headers['x-pointsman-token']).toBe('s3cret');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it.each([
  ['--activity', 'often'],
  ['--send-to', 'nowhere'],
  ['--header', 'nothing'],
  ['--members', '-1'],
  ['--hmac', 'secret'],
  ['--port', '99999'],
])('refuses %s %s', async (option, value) => {
  const result = await pointsman(['sandbox', 'open-loyalty', option, value]);
  expect([result.code, result.stdout]).toEqual([2, '']);
  expect(result.stderr).toContain('It takes');
});
