import { InvalidArgumentError } from 'commander';

/** Reads a port; 0 = any free one. */
export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new InvalidArgumentError('It takes a whole number from 0 to 65535.');
}
