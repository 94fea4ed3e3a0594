/** The prices of a concert or a date, in points. */
import { html } from 'htm/preact';
import { useWords } from '../../texts.ts';

interface PriceRangeProps {
  prices: { from: number; to: number } | null | undefined;
}

export function PriceRange({ prices }: PriceRangeProps) {
  const { t, number } = useWords();
  if (!prices) return null;
  const text =
    prices.from === prices.to
      ? t.points(number(prices.from))
      : t.pointsBetween(number(prices.from), number(prices.to));
  return html`<span class="price">${text}</span>`;
}
