/**
 * Stress: the rate at which buyers arrive grows from RATE to PEAK a second within SECONDS. The run ends when a threshold of the
 * times is exceeded: the system does not keep the rate of that moment. Set ADMIT_LIMIT and MAX_ACTIVE of the API and the workers
 * out of the way, or the waiting queue keeps the load away from the sale.
 */
import { ramping, seatsFor } from './lib/arrivals.js';
import { journey } from './lib/journey.js';
import { summaryTrendStats, thresholdsWith } from './lib/metrics.js';
import { closeSale, openSale } from './lib/sale.js';
import { number } from './lib/settings.js';

const RATE = number('RATE', 10);
const PEAK = number('PEAK', 400);
const SECONDS = number('SECONDS', 300);

export const options = {
  scenarios: {
    stress: ramping({
      from: RATE,
      stages: [{ rate: PEAK, seconds: SECONDS }],
      journeysAtOnce: PEAK * 20,
    }),
  },
  thresholds: thresholdsWith({ delayAbortEval: '30s' }),
  summaryTrendStats,
};

export function setup() {
  return openSale(seatsFor(((RATE + PEAK) / 2) * SECONDS));
}

export default function (sale) {
  return journey(sale);
}

export function teardown(sale) {
  return closeSale(sale);
}
