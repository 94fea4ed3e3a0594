/**
 * Spike: a sale opens. Buyers arrive at RATE a second, then at PEAK for a tenth of SECONDS, then at RATE again. The waiting queue
 * takes the peak up and admits buyers at its own rate, so orders and payments must be as fast as without the peak.
 */
import { ramping, seatsFor } from './lib/arrivals.js';
import { journey } from './lib/journey.js';
import { summaryTrendStats, thresholdsWith } from './lib/metrics.js';
import { closeSale, openSale } from './lib/sale.js';
import { number } from './lib/settings.js';

const RATE = number('RATE', 2);
const PEAK = number('PEAK', 100);
const SECONDS = number('SECONDS', 120);

export const options = {
  scenarios: {
    spike: ramping({
      from: RATE,
      stages: [
        { rate: RATE, seconds: SECONDS * 0.3 },
        { rate: PEAK, seconds: 0 },
        { rate: PEAK, seconds: SECONDS * 0.1 },
        { rate: RATE, seconds: 0 },
        { rate: RATE, seconds: SECONDS * 0.6 },
      ],
      // All who come with the peak may wait together.
      journeysAtOnce: PEAK * SECONDS * 0.1 + (PEAK + RATE) * 10,
    }),
  },
  thresholds: { ...thresholdsWith(), dropped_iterations: ['count==0'] },
  summaryTrendStats,
};

export function setup() {
  return openSale(seatsFor((PEAK * 0.1 + RATE) * SECONDS));
}

export default function (sale) {
  return journey(sale);
}

export function teardown(sale) {
  return closeSale(sale);
}
