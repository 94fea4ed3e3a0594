/** The waiting queue and the admission in figures, from what the queue's view has in memory. */
import type { Registry } from 'prom-client';
import { addGauge } from '../../observe/registry.ts';
import type { QueueView } from '../queue/view.ts';

export interface QueueMetricsDeps {
  registry: Registry;
  queueView: QueueView;
  /** Users who may wait. */
  maxWaiting: number;
}

export function addQueueMetrics({ registry, queueView, maxWaiting }: QueueMetricsDeps): void {
  const gauge = (name: string, help: string, value: () => number | boolean) =>
    addGauge(registry, `seatlane_${name}`, help, value);
  // Asked for anew each time: the view replaces its counters.
  const counters = () => queueView.counters;
  const rate = () => queueView.rate;
  gauge('queue_waiting', 'Users who wait.', () => counters().waiting);
  gauge('queue_waiting_max', 'Users who may wait.', () => maxWaiting);
  gauge('queue_active', 'Users admitted.', () => counters().active);
  gauge('queue_active_max', 'Users who may be admitted at a time.', () => rate().maxActive);
  gauge('queue_passed_over', 'Users who were away when their number came.', () => {
    return counters().passedOver;
  });
  gauge('queue_last_admitted', 'The highest number admitted so far.', () => {
    return counters().lastAdmitted;
  });
  gauge('queue_admitted_last_minute', 'Users admitted in the last minute.', () => {
    return counters().admittedLastMinute;
  });
  gauge('admission_limit', 'Users admitted in a window at most.', () => rate().admitLimit);
  gauge('admission_window_seconds', 'The window of the limit.', () => rate().admitWindowMs / 1000);
  gauge('admission_paused', 'Whether operators have paused it.', () => counters().isPaused);
  gauge('admission_sold_out', 'Whether nothing is left to sell.', () => counters().isSoldOut);
}
