/** The simulated system: API processes, Redis nodes, workers and PostgreSQL, and the path of a command through them. */
import type { Agenda } from './agenda.ts';
import { AreaRow } from './area-row.ts';
import { Batcher, type WorkerCommand } from './batcher.ts';
import type { Costs } from './costs.ts';
import { Station } from './station.ts';

/** A command with its lane: that of entering the queue, that of the area's holds, or a random one. */
export interface SentCommand extends WorkerCommand {
  lane: 'queue' | 'area' | 'any';
}

export interface SystemSettings {
  apiProcesses: number;
  workerProcesses: number;
  redisNodes: number;
  postgresCores: number;
  batchSize: number;
  costs: Costs;
}

/** The utilisation of one kind of servers, 0..1; above 1 if they cannot keep up. */
export interface Tier {
  name: string;
  servers: number;
  /** The mean over the whole time and all servers. */
  share: number;
  /** The utilisation of the busiest server in its busiest ten seconds. */
  peak: number;
}

const MS = 1000;
/** The tier of the area's row, which is locked by one batch at a time. */
export const AREA_ROW = 'area row (locked)';
/** The smallest share of an API process that remains for commands, however many polls there are. */
const LEFT_MIN = 0.02;

export class System {
  readonly #agenda: Agenda;
  readonly #settings: SystemSettings;
  readonly #random: () => number;
  readonly #apis: Station[];
  readonly #redis: Station[];
  readonly #workers: Batcher[];
  readonly #postgres: Station;
  readonly #area: AreaRow;
  /** The factor by which polls and announced outcomes slow down API processes. */
  #stretch = 1;
  #heard = 0;

  constructor(agenda: Agenda, settings: SystemSettings, random: () => number) {
    this.#agenda = agenda;
    this.#settings = settings;
    this.#random = random;
    const many = (count: number) => Array.from({ length: count }, () => new Station());
    this.#apis = many(settings.apiProcesses);
    this.#redis = many(settings.redisNodes);
    this.#postgres = new Station(settings.postgresCores);
    const area = new AreaRow(agenda);
    this.#area = area;
    this.#workers = Array.from({ length: settings.workerProcesses }, (_, number) => {
      const redis = this.#redis[number % this.#redis.length] as Station;
      const { costs, batchSize } = settings;
      return new Batcher({ agenda, costs, batchSize, redis, area, postgres: this.#postgres });
    });
  }

  /** A read that an API process serves by itself. @returns when it responds, in s */
  readSeats(): number {
    const seconds = this.#settings.costs.seats / MS;
    return this.#any(this.#apis).serve(this.#agenda.now, seconds, this.#stretch);
  }

  send({ lane: laneName, ...command }: SentCommand, done: () => void): void {
    const { api, redis } = this.#settings.costs.commands[command.kind];
    const accepted = this.#any(this.#apis).serve(this.#agenda.now, api / MS, this.#stretch);
    this.#agenda.put(accepted, () => {
      const lane = this.#workerOf(laneName);
      const node = this.#redis[lane % this.#redis.length] as Station;
      this.#agenda.put(node.serve(accepted, redis / MS), () => {
        this.#workers[lane]?.add(command, () => {
          this.#heard += 1;
          done();
        });
      });
    });
  }

  /** Accounts for the work of the API processes in the last second besides commands. */
  noteSecond(polls: number): void {
    const { poll, hear } = this.#settings.costs;
    const seconds = (polls * poll) / MS / this.#apis.length + (this.#heard * hear) / MS;
    for (const api of this.#apis) api.note(this.#agenda.now, seconds);
    this.#stretch = 1 / Math.max(LEFT_MIN, 1 - seconds);
    this.#heard = 0;
  }

  tiers(end: number): Tier[] {
    const pick = (what: 'cpu' | 'full') => this.#workers.map((worker) => worker[what]);
    return [
      tier('API processes', this.#apis, end),
      tier('Redis nodes', this.#redis, end),
      tier('workers (CPU)', pick('cpu'), end),
      tier('workers (in full batches)', pick('full'), end),
      tier('PostgreSQL cores', [this.#postgres], end),
      tier(AREA_ROW, [this.#area.locked], end),
    ];
  }

  /** The lanes of the queue and of the area have different owners, if there are two workers. */
  #workerOf(lane: SentCommand['lane']): number {
    if (lane === 'queue') return 0;
    return lane === 'area' ? this.#workers.length - 1 : this.#index(this.#workers.length);
  }

  get commandsPerBatch(): number {
    const sum = (of: 'batches' | 'commands') =>
      this.#workers.reduce((total, worker) => total + worker[of], 0);
    return sum('commands') / sum('batches');
  }

  #any(stations: readonly Station[]): Station {
    return stations[this.#index(stations.length)] as Station;
  }

  #index(length: number): number {
    return Math.floor(this.#random() * length);
  }
}

function tier(name: string, stations: readonly Station[], end: number): Tier {
  const servers = stations.reduce((sum, station) => sum + station.servers, 0);
  const busy = stations.reduce((sum, station) => sum + station.share(end) * station.servers, 0);
  const peak = stations.reduce((most, station) => Math.max(most, station.peak()), 0);
  return { name, servers, share: busy / servers, peak };
}
