/**
 * A simulated worker process: it takes all pending commands, applies them in one transaction, and only then takes the
 * next ones. Commands that arrive meanwhile make the next batch larger.
 */
import type { Agenda } from './agenda.ts';
import type { AreaRow } from './area-row.ts';
import type { CommandKind, Costs } from './costs.ts';
import { Station } from './station.ts';

export interface BatcherDeps {
  agenda: Agenda;
  costs: Pick<Costs, 'commands' | 'batch'>;
  /** The Redis node of its lanes. */
  redis: Station;
  /** Shared by all workers. */
  postgres: Station;
  /** Shared by all workers; a batch that has a command of the area locks it. */
  area: AreaRow;
  /** The most commands of one batch. */
  batchSize: number;
  /** The time from waking up, or from a commit, until the next commands are taken, in s; what arrives meanwhile is of the same batch. */
  takeSeconds?: number;
}

/** A command as it goes to a worker. */
export interface WorkerCommand {
  kind: CommandKind;
  /** Whether it takes, pays or gives back places of the area. */
  isOfArea: boolean;
}

/** A pending command; `done` is called when its batch has committed. */
interface Pending extends WorkerCommand {
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

  add(command: WorkerCommand, done: () => void): void {
    this.#lane.push({ ...command, done });
    if (!this.#isBusy) this.#wake();
  }

  #wake(): void {
    const { agenda, takeSeconds } = this.#deps;
    if (takeSeconds === undefined) {
      this.#next();
      return;
    }
    this.#isBusy = true;
    agenda.put(agenda.now + takeSeconds, () => this.#next());
  }

  #next(): void {
    const batch = this.#take();
    this.#isBusy = batch.length > 0;
    if (!this.#isBusy) return;
    this.batches += 1;
    this.commands += batch.length;
    const { agenda, costs, redis, area, batchSize } = this.#deps;
    const begun = agenda.now;
    const isOfArea = batch.some((command) => command.isOfArea);
    const apply = () =>
      this.#apply(batch, () => {
        if (isOfArea) area.unlock();
        if (batch.length === batchSize) this.full.note(begun, agenda.now - begun);
        for (const { done } of batch) done();
        this.#wake();
      });
    agenda.put(redis.serve(begun, costs.batch.redis / MS), () => {
      if (isOfArea) area.lock(apply);
      else apply();
    });
  }

  #apply(batch: readonly Pending[], onCommitted: () => void): void {
    const { agenda, postgres } = this.#deps;
    const decided = this.cpu.serve(agenda.now, this.#cost('worker', batch));
    agenda.put(decided, () => {
      agenda.put(postgres.serve(decided, this.#cost('postgres', batch)), onCommitted);
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
