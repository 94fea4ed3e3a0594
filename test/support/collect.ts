/** Collects all items of an asynchronous iterable, or its first items. */

export async function collect<Item>(
  items: AsyncIterable<Item>,
  countMax = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) {
    collected.push(item);
    if (collected.length === countMax) break;
  }
  return collected;
}
