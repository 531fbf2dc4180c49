/** What may be given as a whole number: its least and its most. */
export type Bounds = readonly [least: number, most: number];

/** The processors of the server, and of what is around it; null = the operating system chooses. */
export type Pin = readonly [server: number, around: number] | null;

/** Reads a whole number. Throws an Error that names the option. */
export function wholeNumber(name: string, text: string, [least, most]: Bounds): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not ${text}`);
}

/** Reads whole numbers with commas between them, in rising order. Throws an Error that names the option. */
export function risingNumbers(name: string, text: string, bounds: Bounds): readonly number[] {
  const numbers = text.split(',').map((part) => wholeNumber(name, part, bounds));
  const isRising = numbers.every((number, index) => number > (numbers[index - 1] ?? -1));
  if (!isRising) throw new Error(`--${name} takes numbers that rise, not ${text}`);
  return numbers;
}

/** Reads two processors such as `0,1`, or `none`. Throws an Error that says so. */
export function processors(text: string): Pin {
  if (text === 'none') return null;
  const match = /^(\d+),(\d+)$/.exec(text);
  if (!match) throw new Error(`--pin takes two processors such as 0,1, or none, not ${text}`);
  return [Number(match[1]), Number(match[2])];
}
