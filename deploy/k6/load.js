/** Load: buyers arrive at a steady rate (RATE a second, for SECONDS). */
import { seatsFor, steadily } from './lib/arrivals.js';
import { journey } from './lib/journey.js';
import { summaryTrendStats, thresholdsWith } from './lib/metrics.js';
import { closeSale, openSale } from './lib/sale.js';
import { number } from './lib/settings.js';

const RATE = number('RATE', 10);
const SECONDS = number('SECONDS', 300);

export const options = {
  scenarios: { load: steadily(RATE, SECONDS) },
  // Journeys that k6 could not start would make the load smaller than it says.
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
