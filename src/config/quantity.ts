import { parseDuration, parseRate, parseSize } from '../core/units.ts';

/** What a text such as `10s` must be, and between which limits: the schema's keyword `x-quantity`. */
export interface Quantity {
  readonly kind: 'duration' | 'size' | 'rate';
  readonly min?: string;
  readonly max?: string;
}

const PARSERS = { duration: parseDuration, size: parseSize, rate: parseRate };

/** True when the text is such a quantity, within the limits. */
export function isQuantity({ kind, min, max }: Quantity, text: string): boolean {
  const parse = PARSERS[kind];
  const value = parse(text);
  if (value === null) return false;
  return value >= ((min && parse(min)) || 0) && value <= ((max && parse(max)) || Number.POSITIVE_INFINITY);
}

/** Reads a quantity that has been checked. Throws when it has not. */
export function quantityOf(kind: Quantity['kind'], text: string): number {
  const value = PARSERS[kind](text);
  if (value === null) throw new Error(`A ${kind} was not checked before it was read`);
  return value;
}
