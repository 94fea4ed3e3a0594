/**
 * A worker process: takes all that waits, carries it out as one transaction, and only then looks again. What comes
 * meanwhile makes the next batch larger.
 */
import type { Agenda } from './agenda.ts';
import type { CommandKind, Costs } from './costs.ts';
import { Station } from './station.ts';

export interface BatcherDeps {
  agenda: Agenda;
  costs: Pick<Costs, 'commands' | 'batch'>;
  /** The Redis node of its lanes. */
  redis: Station;
  /** All workers share it. */
  postgres: Station;
  /** Commands in one batch at most. */
  batchSize: number;
}

/** A command that waits; `done` hears when its batch is through. */
interface Waiting {
  kind: CommandKind;
  done(): void;
}

const MS = 1000;

export class Batcher {
  readonly cpu = new Station();
  /** How long batches are under way that are as large as they may be: what waits then no longer makes them cheaper. */
  readonly full = new Station();
  batches = 0;
  commands = 0;
  readonly #deps: BatcherDeps;
  /** What waits begins at `#first`: taking from the head of a long list would move all of it. */
  #lane: Waiting[] = [];
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

  #take(): Waiting[] {
    const batch = this.#lane.slice(this.#first, this.#first + this.#deps.batchSize);
    this.#first += batch.length;
    if (this.#first * 2 > this.#lane.length) {
      this.#lane = this.#lane.slice(this.#first);
      this.#first = 0;
    }
    return batch;
  }

  /** In s. */
  #cost(where: 'worker' | 'postgres', batch: readonly Waiting[]): number {
    const { commands, batch: fixed } = this.#deps.costs;
    return batch.reduce((sum, { kind }) => sum + commands[kind][where], fixed[where]) / MS;
  }
}
