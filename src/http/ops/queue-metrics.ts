/** Metrics of the waiting queues and their admissions, from the counters that an API process keeps in memory. */
import { Gauge, type Registry } from 'prom-client';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import { addGauge } from '../../observe/registry.ts';
import { passedOver, type QueueRate } from '../queue/position.ts';
import type { QueuesInMemory } from '../queue/queues-in-memory.ts';

export interface QueueMetricsDeps {
  registry: Registry;
  queuesInMemory: QueuesInMemory;
  /** The limit of waiting users of a queue. */
  maxWaiting: number;
}

export function addQueueMetrics({ registry, queuesInMemory, maxWaiting }: QueueMetricsDeps): void {
  // Read on every scrape, because the counters are replaced.
  const perQueue = (
    name: string,
    help: string,
    value: (queue: QueueCounters, rate: QueueRate) => number | boolean,
  ) =>
    new Gauge({
      name: `seatlane_${name}`,
      help,
      labelNames: ['queue'],
      registers: [registry],
      collect() {
        for (const queue of queuesInMemory.all) {
          this.set({ queue: queue.id }, Number(value(queue, queuesInMemory.rateOf(queue.id))));
        }
      },
    });
  addGauge(registry, 'seatlane_queue_waiting_max', 'Limit of waiting users of a queue.', () => {
    return maxWaiting;
  });
  perQueue('queue_waiting', 'Waiting users, by queue.', ({ waiting }) => waiting);
  perQueue('queue_active', 'Active users: admitted, and allowed to book.', ({ active }) => active);
  perQueue('queue_active_max', 'Limit of active users.', (_, { maxActive }) => maxActive);
  perQueue(
    'queue_passed_over',
    'Waiting users who were skipped because they were inactive.',
    (queue) => passedOver(queuesInMemory.lineOf(queue.id), queue),
  );
  perQueue('queue_last_admitted', 'Highest number admitted so far.', (queue) => queue.lastAdmitted);
  perQueue(
    'queue_admitted_last_minute',
    'Users admitted in the last minute.',
    ({ admittedLastMinute }) => admittedLastMinute,
  );
  perQueue('admission_limit', 'Limit of users admitted per window.', (_, rate) => rate.admitLimit);
  perQueue(
    'admission_window_seconds',
    'Length of the admission window.',
    (_, { admitWindowMs }) => admitWindowMs / 1000,
  );
  perQueue(
    'admission_paused',
    'Whether an operator has paused the admission.',
    ({ isPaused }) => isPaused,
  );
  perQueue(
    'admission_gathering',
    'Whether a draw is gathering, so that no user is admitted.',
    ({ isGathering }) => isGathering,
  );
  perQueue(
    'draw_overdue_seconds',
    'For how long a draw should have begun that was not finished; 0 if none is overdue.',
    (queue) => queue.drawOverdueSeconds,
  );
  perQueue('admission_sold_out', 'Whether the sale is sold out.', ({ isSoldOut }) => isSoldOut);
}
