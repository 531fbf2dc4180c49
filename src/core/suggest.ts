/** The candidate closest to `word`, for "did you mean"; null when none is close enough to be a typing error. */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    // The distance is at least the difference in length: a huge word from outside is told apart without measuring it.
    if (Math.abs(word.length - candidate.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * The one candidate that `word` can be a typing error of, to be put in its place; null when another is nearly as close.
 */
export function onlyCandidate(word: string, candidates: readonly string[]): string | null {
  const best = suggest(word, candidates);
  if (best === null) return null;
  const margin = editDistance(word.toLowerCase(), best.toLowerCase()) + 1;
  const isClose = (other: string) =>
    Math.abs(word.length - other.length) <= margin && editDistance(word.toLowerCase(), other.toLowerCase()) <= margin;
  return candidates.some((other) => other !== best && isClose(other)) ? null : best;
}

/** Levenshtein distance in which two swapped neighbours count once, with two rows of memory. */
function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swap = swapped ? (beforeLast[column - 2] ?? 0) + 1 : substitution;
      current.push(Math.min(substitution, swap, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
