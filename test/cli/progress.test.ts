import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';
import { createManualClock } from '../support/manual-clock.ts';

function output(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { written, isTTY, columns, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
}

test('on a terminal, progress is one bar that is redrawn, never wider than the terminal', async () => {
  const stream = output(true, 60);
  const clock = createManualClock();
  const progress = createProgress(stream, 'members', clock);
  progress.show('Germany', 1_200, 4_800);
  progress.show('Germany', 1_250, 4_800);
  await clock.advance(200);
  progress.show('Germany', 2_400, 4_800);
  progress.end();
  expect(stream.written.at(0)).toContain('\r\u001b[2KGermany  ██████░░░░░░░░░░░░░░░░░░   25 %  1,200 members of');
  expect(stream.written).toHaveLength(3);
  for (const text of stream.written) expect(stripVTControlCharacters(text).trim().length).toBeLessThanOrEqual(60);
  expect(stream.written.at(-1)).toBe('\n');
});

test('elsewhere, progress is a line now and then, and the last one always', async () => {
  const stream = output(false);
  const clock = createManualClock();
  const progress = createProgress(stream, 'members', clock);
  for (let done = 50; done <= 500; done += 50) {
    progress.show('Germany', done, null);
    await clock.advance(1_000);
  }
  progress.end();
  expect(stream.written).toEqual(['Germany  50 members\n', 'Germany  300 members\n', 'Germany  500 members\n']);
});

test('words stand above the bar, and a total that was passed is no more than all', () => {
  const stream = output(true);
  const progress = createProgress(stream, 'facts', createManualClock());
  progress.show('x', 3, 2);
  progress.note('hello');
  progress.end();
  expect(stream.written.map(stripVTControlCharacters)).toEqual([
    `\rx  ${'█'.repeat(24)}  100 %  3 facts of about 2`,
    '\rhello\n',
    `\rx  ${'█'.repeat(24)}  100 %  3 facts of about 2`,
    '\n',
  ]);
});
