/** Figures for Prometheus: commands by name and outcome, their latency, the lanes, the process. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Announcement } from '../lanes/announcements.ts';
import type { Backlog } from '../lanes/backlog.ts';
import type { Outcomes } from '../lanes/outcomes.ts';
import type { QueueView } from './queue-view.ts';

export interface MetricsDeps {
  backlog: Backlog;
  outcomes: Outcomes;
  queueView: QueueView;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #outcomes: Counter<'command' | 'state'>;
  readonly #latency: Histogram<'command'>;

  constructor({ backlog, outcomes, queueView }: MetricsDeps) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#outcomes = new Counter({
      name: 'seatlane_commands_total',
      help: 'Outcomes heard by this process, by command and state.',
      labelNames: ['command', 'state'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'seatlane_command_seconds',
      help: 'From acceptance to commit, by command.',
      labelNames: ['command'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    });
    gauge('seatlane_waiting_requests', 'Jobs for which a client waits.', () => outcomes.waiting);
    gauge('seatlane_queue_waiting', 'Users who wait.', () => queueView.counters.waiting);
    gauge('seatlane_queue_active', 'Users admitted.', () => queueView.counters.active);
    new Gauge({
      name: 'seatlane_lane_waiting',
      help: 'Commands that wait, by lane.',
      labelNames: ['lane'],
      registers,
      collect() {
        for (const [lane, { waiting }] of backlog.entries()) this.set({ lane }, waiting);
      },
    });

    function gauge(name: string, help: string, value: () => number) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    }
  }

  hear(announcements: readonly Announcement[]): void {
    for (const { name, outcome, acceptedAt, finishedAt } of announcements) {
      this.#outcomes.inc({ command: name, state: outcome.state });
      this.#latency.observe({ command: name }, Math.max(0, finishedAt - acceptedAt) / 1000);
    }
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
