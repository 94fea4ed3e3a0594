/** The Prometheus metrics of a worker process: batches, faults, lanes, timers, calls to other systems. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ENDS_OF_WAITING, type EndOfWaiting } from '../../src/commands/schemas/values.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import { addGauge } from '../../src/observe/registry.ts';
import type { FaultKind } from '../batch/faults.ts';
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

/** What a failed batch is split into. */
export type BatchPart = 'lanes' | 'keys' | 'commands';

const PARTS: readonly BatchPart[] = ['lanes', 'keys', 'commands'];
const FAULTS = (['away', 'locked', 'clash', 'faulty'] satisfies FaultKind[]).map((fault) => ({
  fault,
}));

export class WorkerMetrics {
  readonly #registry: Registry;
  readonly #sizes: Histogram;
  readonly #durations: Histogram;
  readonly #retries: Counter<'fault'>;
  readonly #splits: Counter<'into' | 'fault'>;
  readonly #alone: Counter;
  readonly #givenUp: Counter;
  readonly #restarted: Counter;
  readonly #admitted: Counter;
  readonly #waitingEnded: Counter<'reason'>;
  readonly #timers: Counter<'timer' | 'result'>;
  readonly #deliveries: Counter<'result'>;
  readonly #outboxJobs: Counter<'queue' | 'result'>;
  readonly #unknownPayments: Counter;

  constructor({ registry, owner, owned, blockedCommands }: WorkerMetricsDeps) {
    const registers = [registry];
    /** Initializes each series to 0, so that Prometheus sees its first increment. */
    const counter = <Label extends string>(
      name: string,
      help: string,
      first: readonly Partial<Record<Label, string>>[] = [],
    ) => {
      const labelNames = [...new Set(first.flatMap((labels) => Object.keys(labels) as Label[]))];
      const made = new Counter({ name: `seatlane_${name}`, help, labelNames, registers });
      for (const labels of first) made.inc(labels, 0);
      return made;
    };
    this.#registry = registry;
    this.#sizes = new Histogram({
      name: 'seatlane_batch_commands',
      help: 'Commands in a batch.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
      registers,
    });
    this.#durations = new Histogram({
      name: 'seatlane_batch_seconds',
      help: 'Time from dequeueing a batch to its commit, including retries; for blocked commands, their last try.',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
      registers,
    });
    this.#retries = counter(
      'batch_retries_total',
      'Batches that were rolled back and retried, by kind of fault.',
      FAULTS,
    );
    this.#splits = counter(
      'batch_splits_total',
      'Batches that were rolled back and split, by kind of part and kind of fault.',
      PARTS.flatMap((into) => FAULTS.map((fault) => ({ into, ...fault }))),
    );
    this.#alone = counter(
      'commands_alone_total',
      'Tries of single commands after their batch failed.',
    );
    this.#givenUp = counter(
      'commands_given_up_total',
      'Commands that failed on their last try, with the outcome COMMAND_FAILED.',
    );
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

  /** A batch was committed. @param ms duration since it was dequeued */
  batch({ commands, ms }: { commands: number; ms: number }): void {
    this.#sizes.observe(commands);
    this.#durations.observe(ms / 1000);
  }

  /** A batch was rolled back and is retried as a whole. */
  retried(fault: FaultKind): void {
    this.#retries.inc({ fault });
  }

  /** A batch was rolled back and is split into its lanes, keys or commands. */
  split(into: BatchPart, fault: FaultKind): void {
    this.#splits.inc({ into, fault });
  }

  /** A single command is tried after its batch failed. */
  triedAlone(): void {
    this.#alone.inc();
  }

  /** A command failed on its last try. */
  givenUp(): void {
    this.#givenUp.inc();
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

  timer(timer: string, result: 'done' | 'failed'): void {
    this.#timers.inc({ timer, result });
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
