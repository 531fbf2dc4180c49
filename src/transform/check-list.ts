import type { AstNode } from './ast.ts';
import { walk } from './ast.ts';
import type { Inference, Scene } from './inference.ts';
import type { Origin } from './types.ts';

/** Functions that tell one from several, or a list from something else. */
const COUNTING = new Set(['count', 'type', 'length', 'single']);

const ONE_VALUE = 'Choose one with [0], or make one value of all with $join( ), $sum( ) or $count( ).';

/** Reports what comes from a list and is used as one value: that works only as long as there is one element. */
export function reportList(
  origin: Origin,
  use: string,
  scene: Pick<Scene, 'guarded'>,
  inference: Inference,
  remedy: string = ONE_VALUE,
): void {
  if (scene.guarded) return;
  const { at: offset, name } = origin;
  const list = name === '' ? 'This' : name;
  const message = `${list} is a list: ${use}, and there may be several`;
  inference.report({ code: 'MAPPING_LIST', severity: 'warning', offset, message, remedy });
}

/** True for a condition that asks how many there are, or what kind of thing it is. */
export function asksHowMany(condition: AstNode): boolean {
  let asks = false;
  walk(condition, ({ type, value }) => {
    asks ||= type === 'variable' && COUNTING.has(String(value));
  });
  return asks;
}

/** True for a condition with an equality: who asks for that mostly knows that there is one. */
export function asksForEquality({ type, value, lhs, rhs }: AstNode): boolean {
  if (type !== 'binary') return false;
  if (value === 'and') return [lhs, rhs].some((side) => side !== undefined && asksForEquality(side));
  return value === '=';
}
