/** What a worker process publishes for Prometheus: batches, faults, its lanes, timed work, webhooks. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LaneName } from '../../src/lanes/lanes.ts';
import { addGauge } from '../../src/observe/registry.ts';
import type { FaultKind } from '../batch/faults.ts';

export interface WorkerMetricsDeps {
  registry: Registry;
  /** The name under which this process owns lanes. */
  owner: string;
  /** The lanes that it owns at the moment. */
  owned(): Iterable<LaneName>;
  /** Commands that wait for rows which other transactions have locked. */
  blockedCommands(): number;
}

/**
 * What came of a message to a webhook: taken, to be sent again, given up, never queued because the webhook's queue was
 * full, or not sent because the webhook was removed.
 */
export type DeliveryResult = 'delivered' | 'retried' | 'given_up' | 'dropped' | 'removed';

/** What a batch falls apart into. */
export type BatchPart = 'lanes' | 'keys' | 'commands';

const PARTS: readonly BatchPart[] = ['lanes', 'keys', 'commands'];
const FAULTS = (['away', 'locked', 'clash', 'faulty'] satisfies FaultKind[]).map((fault) => ({
  fault,
}));
const DELIVERIES = (
  ['delivered', 'retried', 'given_up', 'dropped', 'removed'] satisfies DeliveryResult[]
).map((result) => ({ result }));

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
  readonly #timers: Counter<'timer' | 'result'>;
  readonly #deliveries: Counter<'result'>;

  constructor({ registry, owner, owned, blockedCommands }: WorkerMetricsDeps) {
    const registers = [registry];
    /** Begins each series at 0, so that its first step is seen as one. */
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
      help: 'From taking a batch to its commit, retries included; for commands that a locked row blocked, their last try.',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
      registers,
    });
    this.#retries = counter(
      'batch_retries_total',
      'Batches that were rolled back and tried again, by kind of fault.',
      FAULTS,
    );
    this.#splits = counter(
      'batch_splits_total',
      'Batches that were rolled back and carried out in parts, by the parts and the kind of fault.',
      PARTS.flatMap((into) => FAULTS.map((fault) => ({ into, ...fault }))),
    );
    this.#alone = counter('commands_alone_total', 'Tries of commands in a batch of their own.');
    this.#givenUp = counter(
      'commands_given_up_total',
      'Commands that failed for the last time: their outcome is COMMAND_FAILED.',
    );
    this.#restarted = counter(
      'lanes_restarted_total',
      'Lanes that nobody consumed, and that were released to be taken anew.',
    );
    addGauge(
      registry,
      'seatlane_commands_blocked',
      'Commands that wait for rows which other transactions have locked.',
      blockedCommands,
    );
    this.#admitted = counter('queue_admitted_total', 'Users admitted by this process.');
    this.#timers = new Counter({
      name: 'seatlane_timer_runs_total',
      help: 'Turns of timed work that this process took.',
      labelNames: ['timer', 'result'],
      registers,
    });
    this.#deliveries = counter('webhook_deliveries_total', 'Messages to webhooks.', DELIVERIES);
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

  /** A batch was committed. @param ms from taking it on */
  batch({ commands, ms }: { commands: number; ms: number }): void {
    this.#sizes.observe(commands);
    this.#durations.observe(ms / 1000);
  }

  /** A batch was rolled back and is tried again as it is. */
  retried(fault: FaultKind): void {
    this.#retries.inc({ fault });
  }

  /** A batch was rolled back; its lanes, its keys or its commands are applied one by one. */
  split(into: BatchPart, fault: FaultKind): void {
    this.#splits.inc({ into, fault });
  }

  /** A command is tried in a batch of its own. */
  triedAlone(): void {
    this.#alone.inc();
  }

  /** A command failed for the last time. */
  givenUp(): void {
    this.#givenUp.inc();
  }

  /** Lanes that nobody consumed were released. */
  restarted(lanes: number): void {
    this.#restarted.inc(lanes);
  }

  admitted(users: number): void {
    this.#admitted.inc(users);
  }

  timer(timer: string, result: 'done' | 'failed'): void {
    this.#timers.inc({ timer, result });
  }

  delivery(result: DeliveryResult, messages = 1): void {
    this.#deliveries.inc({ result }, messages);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
