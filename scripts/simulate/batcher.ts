/**
 * A simulated worker process: it takes all pending commands, applies them in one transaction, and only then takes the
 * next ones. Commands that arrive meanwhile make the next batch larger.
 */
import type { Agenda } from './agenda.ts';
import type { CommandKind, Costs } from './costs.ts';
import { Station } from './station.ts';

export interface BatcherDeps {
  agenda: Agenda;
  costs: Pick<Costs, 'commands' | 'batch'>;
  /** The Redis node of its lanes. */
  redis: Station;
  /** Shared by all workers. */
  postgres: Station;
  /** The most commands of one batch. */
  batchSize: number;
}

/** A pending command; `done` is called when its batch has committed. */
interface Pending {
  kind: CommandKind;
  done(): void;
}

const MS = 1000;

export class Batcher {
  readonly cpu = new Station();
  /**
   * The time spent in batches of the largest size: beyond it, more pending commands no longer make a command cheaper.
   */
  readonly full = new Station();
  batches = 0;
  commands = 0;
  readonly #deps: BatcherDeps;
  /** Pending commands start at the index `#first`, because removing the head of a long array would copy all of it. */
  #lane: Pending[] = [];
  #first = 0;
  #isBusy = false;

  constructor(deps: BatcherDeps) {
    this.#deps = deps;
  }

  add(kind: CommandKind, done: () => void): void {
    this.#lane.push({ kind, done });
    if (!this.#isBusy) this.#next();
  }

  #next(): void {
    const batch = this.#take();
    this.#isBusy = batch.length > 0;
    if (!this.#isBusy) return;
    this.batches += 1;
    this.commands += batch.length;
    const { agenda, costs, redis, postgres, batchSize } = this.#deps;
    const begun = agenda.now;
    const taken = redis.serve(agenda.now, costs.batch.redis / MS);
    agenda.put(taken, () => {
      const decided = this.cpu.serve(taken, this.#cost('worker', batch));
      agenda.put(decided, () => {
        const committed = postgres.serve(decided, this.#cost('postgres', batch));
        agenda.put(committed, () => {
          if (batch.length === batchSize) this.full.note(begun, committed - begun);
          for (const { done } of batch) done();
          this.#next();
        });
      });
    });
  }

  #take(): Pending[] {
    const batch = this.#lane.slice(this.#first, this.#first + this.#deps.batchSize);
    this.#first += batch.length;
    if (this.#first * 2 > this.#lane.length) {
      this.#lane = this.#lane.slice(this.#first);
      this.#first = 0;
    }
    return batch;
  }

  /** In s. */
  #cost(where: 'worker' | 'postgres', batch: readonly Pending[]): number {
    const { commands, batch: fixed } = this.#deps.costs;
    return batch.reduce((sum, { kind }) => sum + commands[kind][where], fixed[where]) / MS;
  }
}
