/** The metrics of batches: sizes, durations, waits for locks, how their transactions ended, and what became of failed ones. */
import { type Counter, Histogram, type Registry } from 'prom-client';
import { addCounter } from '../../src/observe/registry.ts';
import { type FaultKind, ROLLBACK_CAUSES, rollbackCause } from '../batch/faults.ts';

/** What a failed batch is split into. */
export type BatchPart = 'lanes' | 'keys' | 'commands';

const PARTS: readonly BatchPart[] = ['lanes', 'keys', 'commands'];
const FAULTS = (['away', 'locked', 'clash', 'faulty'] satisfies FaultKind[]).map((fault) => ({
  fault,
}));
const ENDS = ['committed', ...ROLLBACK_CAUSES].map((end) => ({ end }));

export class BatchMetrics {
  readonly #sizes: Histogram;
  readonly #durations: Histogram;
  readonly #locking: Histogram;
  readonly #blocked: Histogram;
  readonly #transactions: Counter<'end'>;
  readonly #retries: Counter<'fault'>;
  readonly #splits: Counter<'into' | 'fault'>;
  readonly #alone: Counter;
  readonly #givenUp: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
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
    this.#locking = new Histogram({
      name: 'seatlane_batch_locking_seconds',
      help: 'Time from the begin of a transaction until its rows were locked and read, or until the lock timeout.',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5],
      registers,
    });
    this.#blocked = new Histogram({
      name: 'seatlane_key_blocked_seconds',
      help: 'Time from the lock timeout of the commands of a key until they were applied.',
      buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300],
      registers,
    });
    this.#transactions = addCounter(
      registry,
      'batch_transactions_total',
      'Transactions of batches, by end: committed, or the cause of the rollback.',
      ENDS,
    );
    this.#retries = addCounter(
      registry,
      'batch_retries_total',
      'Batches that were rolled back and retried, by kind of fault.',
      FAULTS,
    );
    this.#splits = addCounter(
      registry,
      'batch_splits_total',
      'Batches that were rolled back and split, by kind of part and kind of fault.',
      PARTS.flatMap((into) => FAULTS.map((fault) => ({ into, ...fault }))),
    );
    this.#alone = addCounter(
      registry,
      'commands_alone_total',
      'Tries of single commands after their batch failed.',
    );
    this.#givenUp = addCounter(
      registry,
      'commands_given_up_total',
      'Commands that failed on their last try, with the outcome COMMAND_FAILED.',
    );
  }

  /** A batch was committed. @param ms duration since it was dequeued */
  applied({ commands, ms }: { commands: number; ms: number }): void {
    this.#sizes.observe(commands);
    this.#durations.observe(ms / 1000);
  }

  /** A transaction has locked and read its rows, or was told that it waited for too long. @param ms duration since its begin */
  locked(ms: number): void {
    this.#locking.observe(ms / 1000);
  }

  /** Commands of a key were applied that had met a locked row. @param ms duration since they were set aside */
  unblocked(ms: number): void {
    this.#blocked.observe(ms / 1000);
  }

  /** A transaction was committed. */
  committed(): void {
    this.#transactions.inc({ end: 'committed' });
  }

  /** A transaction failed with this error, and was rolled back. */
  rolledBack(error: unknown): void {
    this.#transactions.inc({ end: rollbackCause(error) });
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
}
