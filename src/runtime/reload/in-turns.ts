/** Files that are open at once: a folder of thousands must not use up the process's descriptors. */
const MOST_AT_ONCE = 16;

/** Does something to every item, a few at a time; results in the items' order. Rejects with the first failure. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = new Array(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, worker));
  return results;
}
