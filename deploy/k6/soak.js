/** Soak: few buyers a second (RATE) for hours (SECONDS), while memory, connections, Redis and tables are watched from outside. */
import { seatsFor, steadily } from './lib/arrivals.js';
import { journey } from './lib/journey.js';
import { summaryTrendStats, thresholdsWith } from './lib/metrics.js';
import { closeSale, openSale } from './lib/sale.js';
import { number } from './lib/settings.js';

const RATE = number('RATE', 2);
const SECONDS = number('SECONDS', 7200);

export const options = {
  scenarios: { soak: steadily(RATE, SECONDS) },
  thresholds: { ...thresholdsWith(), dropped_iterations: ['count==0'] },
  summaryTrendStats,
};

export function setup() {
  return openSale(seatsFor(RATE * SECONDS));
}

export default function (sale) {
  return journey(sale);
}

export function teardown(sale) {
  return closeSale(sale);
}
