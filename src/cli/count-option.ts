import { PointsmanError } from '../core/errors.ts';

/** Reads an option that counts: a whole number from 1 to `most`. The reader throws `CLI_USAGE`. */
export function countOption(name: string, most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
    throw new PointsmanError('CLI_USAGE', `${name} is ${text}; it takes a whole number from 1 to ${most}`);
  };
}
