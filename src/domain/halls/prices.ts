/** The rule for the prices of a schedule that is made from a hall. */
import { type Decision, refuse } from '../reasons.ts';

export interface PricedCategory {
  name: string;
  colour: string | null;
  /** In points. */
  price: number;
}

/**
 * Gives each category of a plan its price: exactly the categories of the plan must have one.
 * @param prices by the name of the category, in points
 */
export function decidePrices(
  categories: readonly { name: string; colour?: string | undefined }[],
  prices: Readonly<Record<string, number>>,
): Decision<PricedCategory[]> {
  const names = new Set(categories.map(({ name }) => name));
  const stray = Object.keys(prices).find((name) => !names.has(name));
  if (stray !== undefined) {
    const detail = `The hall has no category “${stray}”.`;
    return refuse('CATEGORY_NOT_FOUND', detail, { category: stray });
  }
  const priced: PricedCategory[] = [];
  for (const { name, colour = null } of categories) {
    const price = Object.hasOwn(prices, name) ? prices[name] : undefined;
    if (price === undefined) {
      const detail = `The category “${name}” has no price.`;
      return refuse('CATEGORY_WITHOUT_PRICE', detail, { category: name });
    }
    priced.push({ name, colour, price });
  }
  return { change: priced };
}
