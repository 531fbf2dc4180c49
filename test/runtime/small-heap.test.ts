import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Makes garbage that lives for a while, as deliveries in flight do, and prints how much new space V8 took, in MB. */
const PROGRAM = `
const [{ keepHeapSmall }, v8, { setTimeout: sleep }] = await Promise.all(
  ['./src/runtime/small-heap.ts', 'node:v8', 'node:timers/promises'].map((each) => import(each)));
if (process.argv[1] === 'small') keepHeapSmall();
let held = [];
for (let turn = 0; turn < 40; turn++) {
  held = [...held.slice(-40_000), ...Array.from({ length: 40_000 }, (_, n) => ({ n, text: 'x' + n, list: [n, turn] }))];
  await sleep(5);
}
console.log(v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 2 ** 20);`;

function newSpaceMb(how: string): number {
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, how], { encoding: 'utf8' }));
}

it('keeps the new space small where V8 alone would let it grow', () => {
  const small = newSpaceMb('small');
  expect(small).toBeLessThan(newSpaceMb('as V8 likes'));
  expect(small).toBeLessThanOrEqual(32);
}, 60_000);
