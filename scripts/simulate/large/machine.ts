/** The machine of the simulated large sale: one API and one worker process. Counts the work, from which the costs follow. */
import type { Agenda } from '../agenda.ts';
import { AreaRow } from '../area-row.ts';
import { Batcher } from '../batcher.ts';
import { Station } from '../station.ts';
import { type CostTable, UNITS, type Unit, type Work } from './costs.ts';

const MS = 1000;
const BATCH_SIZE = 256;
/** Unless it was measured: two trips to Redis. */
const TAKE_MS = 1;
/** The share of the API process that is left for commands at least. */
const IDLE_MIN = 0.05;

/** What comes within so many s is of one turn. */
const TURN_SECONDS = 0.0002;

interface Received {
  kind: 'enter' | 'request';
  done(): void;
}

export class Machine {
  readonly #agenda: Agenda;
  readonly #costs: CostTable;
  readonly #batcher: Batcher;
  readonly #received: Received[] = [];
  #isInTurn = false;
  #stretch = 1;
  readonly #work = Object.fromEntries(UNITS.map((unit) => [unit, 0])) as Work;

  constructor(agenda: Agenda, costs: CostTable) {
    this.#agenda = agenda;
    this.#costs = costs;
    const { batch = 0, enter = 0, command = 0 } = costs.batchTime;
    // A batch takes its measured time, in which worker, PostgreSQL and the disk have their parts.
    const time = (worker: number) => ({ api: 0, redis: 0, worker, postgres: 0 });
    this.#batcher = new Batcher({
      agenda,
      batchSize: BATCH_SIZE,
      takeSeconds: (costs.takeMs ?? TAKE_MS) / MS,
      costs: { batch: time(batch), commands: { enter: time(enter), buy: time(command) } },
      redis: new Station(),
      postgres: new Station(),
      area: new AreaRow(agenda),
    });
  }

  /** What was done so far. */
  get work(): Work {
    return { ...this.#work, batch: this.#batcher.batches };
  }

  add(unit: Unit, count = 1): void {
    this.#work[unit] += count;
  }

  /** Accounts for the polls of a second: they slow down what the API process does besides. */
  notePolls({ polls, unknown }: { polls: number; unknown: number }): void {
    this.add('poll', polls);
    this.add('unknownToken', unknown);
    const { poll = 0, unknownToken = 0 } = this.#costs.api;
    const busy = (polls * poll + unknown * unknownToken) / MS;
    this.#stretch = 1 / Math.max(IDLE_MIN, 1 - busy);
  }

  /** A command of a user. The API process adds all commands of a turn of its event loop to the lanes together. */
  send(kind: 'enter' | 'request', done: () => void): void {
    this.add(kind);
    this.#received.push({ kind, done });
    if (this.#received.length > 1 || this.#isInTurn) return;
    this.#agenda.put(this.#agenda.now + TURN_SECONDS, () => this.#takeTurn());
  }

  #takeTurn(): void {
    const { received, ms } = this.#takeReceived();
    this.#isInTurn = received.length > 0;
    if (!this.#isInTurn) return;
    this.#agenda.put(this.#agenda.now + (ms / MS) * this.#stretch, () => {
      for (const { kind, done } of received) {
        this.enqueue(kind === 'enter' ? 'enter' : 'command', done);
      }
      this.#takeTurn();
    });
  }

  #takeReceived(): { received: Received[]; ms: number } {
    const received = this.#received.splice(0);
    const ms = received.reduce((sum, { kind }) => sum + (this.#costs.api[kind] ?? 0), 0);
    return { received, ms };
  }

  /** A command of the system, or one that the API has accepted. */
  enqueue(kind: 'enter' | 'command', done: () => void): void {
    if (kind === 'command') this.add('command');
    this.#batcher.add({ kind: kind === 'enter' ? 'enter' : 'buy', isOfArea: false }, done);
  }
}
