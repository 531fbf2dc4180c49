/** Something that is wanted of a figure. */
export interface Target {
  readonly title: string;
  /** NaN = it could not be measured: missed. */
  readonly measured: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What follows the figures, such as `x`. */
  readonly unit: string;
  readonly digits: number;
}

const TITLE_WIDTH = 74;

/** Whether the figure is as wanted. Pure. */
export function isMet({ measured, atMost, atLeast }: Target): boolean {
  if (Number.isNaN(measured)) return false;
  return measured <= (atMost ?? Number.POSITIVE_INFINITY) && measured >= (atLeast ?? Number.NEGATIVE_INFINITY);
}

/** One line for each target, the misses marked, and how many are met. */
export function targetLines(targets: readonly Target[]): readonly string[] {
  const met = targets.filter(isMet).length;
  return [`targets: ${met} of ${targets.length} met`, ...targets.map(lineOf)];
}

function lineOf(target: Target): string {
  const { title, measured, atMost, atLeast, unit, digits } = target;
  const shown = (value: number) => `${value.toFixed(digits)}${unit}`;
  const wanted = atMost === undefined ? `at least ${shown(atLeast ?? Number.NaN)}` : `at most ${shown(atMost)}`;
  const verdict = isMet(target) ? 'met' : 'MISSED';
  return `  ${verdict.padEnd(7)} ${title.padEnd(TITLE_WIDTH)} ${shown(measured).padStart(10)}  (${wanted})`;
}
