import { expect, test } from 'vitest';
import { csvLine } from '../../src/cli/csv.ts';

test.each([
  [['plain', 12, null], 'plain,12,'],
  [['a,b', 'say "hi"', 'two\nlines'], '"a,b","say ""hi""","two\nlines"'],
  [['{"a":1}'], '"{""a"":1}"'],
  [['grüße', ''], 'grüße,'],
])('%j becomes one line', (cells, line) => {
  expect(csvLine(cells)).toBe(`${line}\r\n`);
});

test.each(['=1+1', '+49 30', '-1', '@SUM(A1)', '\tx', '\rx'])('a spreadsheet shows %j and does not run it', (text) => {
  expect(csvLine([text])).toMatch(/^"?'/);
});
