/** How a read of seats is recorded. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { SeatMetrics } from '../../../../src/http/ops/seat-metrics.ts';
import { samplesOf } from '../../../support/deploy/metric-samples.ts';

test.each([
  [200, false, 'memory'],
  [200, true, 'database'],
  [304, false, 'not_modified'],
  [304, true, 'not_modified'],
])(
  'a read with status %i that waited for PostgreSQL (%j) is answered: %s',
  async (status, waited, answer) => {
    const registry = new Registry();
    const read = new SeatMetrics(registry).begin('all');
    if (waited) read.waits();
    const response = new Response(null, { status });
    expect(read.end(response)).toBe(response);
    const counted = samplesOf(await registry.metrics()).filter(
      ({ name, value }) => name === 'seatlane_seat_read_seconds_count' && value > 0,
    );
    expect(counted.map(({ labels }) => labels)).toEqual([{ read: 'all', answer }]);
  },
);
