/** The Prometheus metrics of a worker process: batches, faults, lanes, timers, calls to other systems. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ENDS_OF_WAITING, type EndOfWaiting } from '../../src/commands/schemas/values.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import { addCounter, addGauge } from '../../src/observe/registry.ts';
import { BatchMetrics } from './batch-metrics.ts';
import {
  DELIVERIES,
  type DeliveryResult,
  OUTBOX_JOBS,
  type OutboxQueue,
  type OutboxResult,
} from './outbox-metrics.ts';

export interface WorkerMetricsDeps {
  registry: Registry;
  /** The name under which this process owns lanes. */
  owner: string;
  /** The lanes that this process currently owns. */
  owned(): Iterable<LaneName>;
  /** Number of commands that wait for rows locked by other transactions. */
  blockedCommands(): number;
}

export class WorkerMetrics {
  readonly batches: BatchMetrics;
  readonly #registry: Registry;
  readonly #restarted: Counter;
  readonly #admitted: Counter;
  readonly #waitingEnded: Counter<'reason'>;
  readonly #timers: Counter<'timer' | 'result'>;
  readonly #timerDurations: Histogram<'timer'>;
  readonly #deliveries: Counter<'result'>;
  readonly #outboxJobs: Counter<'queue' | 'result'>;
  readonly #unknownPayments: Counter;

  constructor({ registry, owner, owned, blockedCommands }: WorkerMetricsDeps) {
    const registers = [registry];
    const counter = <Label extends string>(
      name: string,
      help: string,
      first?: readonly Partial<Record<Label, string>>[],
    ) => addCounter(registry, name, help, first);
    this.#registry = registry;
    this.batches = new BatchMetrics(registry);
    this.#restarted = counter(
      'lanes_restarted_total',
      'Lanes that were released because their loop was stuck.',
    );
    addGauge(
      registry,
      'seatlane_commands_blocked',
      'Commands that wait for rows locked by other transactions.',
      blockedCommands,
    );
    this.#admitted = counter('queue_admitted_total', 'Users admitted by this process.');
    this.#waitingEnded = counter(
      'waiting_ended_total',
      'Waiting entries that this process has ended, by reason.',
      ENDS_OF_WAITING.map((reason) => ({ reason })),
    );
    this.#timers = new Counter({
      name: 'seatlane_timer_runs_total',
      help: 'Timer runs of this process.',
      labelNames: ['timer', 'result'],
      registers,
    });
    this.#timerDurations = new Histogram({
      name: 'seatlane_timer_seconds',
      help: 'Duration of a timer run, by timer; failed runs too.',
      labelNames: ['timer'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
      registers,
    });
    this.#deliveries = counter(
      'webhook_deliveries_total',
      'Webhook messages, by result.',
      DELIVERIES,
    );
    this.#outboxJobs = counter(
      'outbox_jobs_total',
      'Tries of jobs that call other systems, by queue and result.',
      OUTBOX_JOBS,
    );
    this.#unknownPayments = counter(
      'payments_unknown_total',
      'Payments that a provider told of and that fit no checkout.',
    );
    new Gauge({
      name: 'seatlane_lane_owner',
      help: 'The lanes that this process owns.',
      labelNames: ['lane', 'owner'],
      registers,
      collect() {
        this.reset();
        for (const lane of owned()) this.set({ lane, owner }, 1);
      },
    });
  }

  /** Lanes were released because their loop was stuck. */
  restarted(lanes: number): void {
    this.#restarted.inc(lanes);
  }

  admitted(users: number): void {
    this.#admitted.inc(users);
  }

  waitingEnded(reason: EndOfWaiting, users: number): void {
    this.#waitingEnded.inc({ reason }, users);
  }

  /** This process runs these timers from now on. */
  runsTimers(timers: readonly string[]): void {
    for (const timer of timers) {
      this.#timerDurations.zero({ timer });
      for (const result of ['done', 'failed']) this.#timers.inc({ timer, result }, 0);
    }
  }

  /** A run of a timer has ended. */
  timer(timer: string, result: 'done' | 'failed'): void {
    this.#timers.inc({ timer, result });
  }

  /** A run of a timer took that long, whether it failed or not. @param ms its duration */
  timerTook(timer: string, ms: number): void {
    this.#timerDurations.observe({ timer }, ms / 1000);
  }

  delivery(result: DeliveryResult, messages = 1): void {
    this.#deliveries.inc({ result }, messages);
  }

  outboxJob(queue: OutboxQueue, result: OutboxResult): void {
    this.#outboxJobs.inc({ queue, result });
  }

  unknownPayment(): void {
    this.#unknownPayments.inc();
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
