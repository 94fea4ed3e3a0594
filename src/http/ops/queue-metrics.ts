/** Metrics of the waiting queue and the admission, from the counters that the queue view keeps in memory. */
import type { Registry } from 'prom-client';
import { addGauge } from '../../observe/registry.ts';
import type { QueueView } from '../queue/view.ts';

export interface QueueMetricsDeps {
  registry: Registry;
  queueView: QueueView;
  /** The limit of waiting users. */
  maxWaiting: number;
}

export function addQueueMetrics({ registry, queueView, maxWaiting }: QueueMetricsDeps): void {
  const gauge = (name: string, help: string, value: () => number | boolean) =>
    addGauge(registry, `seatlane_${name}`, help, value);
  // Read on every scrape, because the view replaces its counters object.
  const counters = () => queueView.counters;
  const rate = () => queueView.rate;
  gauge('queue_waiting', 'Waiting users.', () => counters().waiting);
  gauge('queue_waiting_max', 'Limit of waiting users.', () => maxWaiting);
  gauge('queue_active', 'Active users: admitted, and allowed to book.', () => counters().active);
  gauge('queue_active_max', 'Limit of active users.', () => rate().maxActive);
  gauge('queue_passed_over', 'Waiting users who were skipped because they were inactive.', () => {
    return counters().passedOver;
  });
  gauge('queue_last_admitted', 'Highest number admitted so far.', () => {
    return counters().lastAdmitted;
  });
  gauge('queue_admitted_last_minute', 'Users admitted in the last minute.', () => {
    return counters().admittedLastMinute;
  });
  gauge('admission_limit', 'Limit of users admitted per window.', () => rate().admitLimit);
  gauge(
    'admission_window_seconds',
    'Length of the admission window.',
    () => rate().admitWindowMs / 1000,
  );
  gauge(
    'admission_paused',
    'Whether an operator has paused the admission.',
    () => counters().isPaused,
  );
  gauge('admission_sold_out', 'Whether the sale is sold out.', () => counters().isSoldOut);
}
