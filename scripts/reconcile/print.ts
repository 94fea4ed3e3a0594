/** What `npm run reconcile` prints. */
import type { CheckoutSums, Sums } from './books.ts';

const COLUMNS: [title: string, of: (sums: Sums) => string][] = [
  ['', ({ currency }) => currency],
  ['captured', ({ captured }) => String(captured)],
  ['refunded', ({ refunded }) => String(refunded)],
  ['credited', ({ credited }) => String(credited)],
  ['on its way', ({ onItsWay }) => String(onItsWay)],
  ['sold', ({ sold }) => String(sold)],
  ['difference', ({ difference }) => String(difference)],
];

/** A table in minor units, right-aligned; a sentence if no card has paid yet. */
export function tableOfSums(all: readonly Sums[]): string[] {
  if (all.length === 0) return ['No card payment has captured money yet.'];
  const rows = [
    COLUMNS.map(([title]) => title),
    ...all.map((sums) => COLUMNS.map(([, of]) => of(sums))),
  ];
  const widths = COLUMNS.map((_, place) => Math.max(...rows.map((row) => row[place]?.length ?? 0)));
  return rows.map((row) => row.map((cell, place) => cell.padStart(widths[place] ?? 0)).join('  '));
}

export function lineOfCheckout(checkout: CheckoutSums): string {
  const { id, currency, captured, refunded, credited, onItsWay, sold, difference } = checkout;
  return `checkout ${id}: captured ${captured} ${currency}, refunded ${refunded}, credited ${credited}, on its way ${onItsWay}, sold ${sold}, difference ${difference}`;
}
