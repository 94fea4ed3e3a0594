/** Lets processes crash and freeze, moves lanes from worker to worker, and starts new processes. */
import { type LaneName, laneNames } from '../../../src/lanes/lanes.ts';
import { clock } from '../host/clock.ts';
import type { SimConnection } from '../postgres/connection.ts';
import { startApi } from './api.ts';
import type { Network } from './network.ts';
import { SimWorker } from './worker.ts';
import type { World } from './world.ts';

const WORKERS = 2;
const APIS = 2;
const FROZEN_MS_MAX = 8000;
const PAUSE_MS_MAX = 4000;
const LONG_PAUSE_MS_MAX = 25_000;
const HASTE_SHARE = 0.01;
const HASTE_MS_MAX = 6000;
const BAD_NETWORK_MS_MAX = 1500;

export class Chaos {
  readonly #world: World;
  readonly #network: Network;
  readonly #workers: SimWorker[] = [];
  readonly #owners = new Map<LaneName, SimWorker>();
  #started = 0;
  /** What happened, by kind. */
  readonly counts: Record<string, number> = {};

  constructor(world: World, network: Network) {
    this.#world = world;
    this.#network = network;
    for (let count = 0; count < APIS; count += 1) this.#addApi();
    for (let count = 0; count < WORKERS; count += 1) this.#addWorker();
  }

  /** Called before each step. */
  act(): void {
    const { random, rates } = this.#world;
    this.#replaceApis();
    this.#ownLanes();
    if (rates.process === 0 || !random.isTrue(rates.process)) return;
    random.weighted<() => void>([
      [3, () => this.#crashWorker()],
      [2, () => this.#crashApi()],
      [2, () => this.#freeze()],
      [5, () => this.#moveLane()],
      [1, () => this.#loseConnection()],
      [2, () => this.#pass(PAUSE_MS_MAX)],
      [0.7, () => this.#pass(LONG_PAUSE_MS_MAX)],
      [0.2, () => this.#emptyRedis()],
      [0.4, () => this.#loseNetwork()],
      [1.2, () => this.#stopProvider()],
      [4, () => this.#breakStream()],
    ])();
  }

  /** After the last fault: time passes sooner, until nothing is left to do. */
  hasten(): void {
    const { random } = this.#world;
    if (random.isTrue(HASTE_SHARE)) clock.now += random.next() * HASTE_MS_MAX;
  }

  /** A process that could not start has crashed by itself. */
  #replaceApis(): void {
    const { apis } = this.#network;
    for (const dead of apis.filter(({ process }) => !process.isAlive)) {
      apis.splice(apis.indexOf(dead), 1);
      this.#world.lastCountFaultAt = clock.now;
      this.#addApi();
    }
  }

  /** Every lane without an owner gets one. */
  #ownLanes(): void {
    const { random, config } = this.#world;
    for (const lane of laneNames(config)) {
      if (this.#owners.get(lane)?.process.isAlive) continue;
      const worker = random.of(this.#workers);
      this.#give(lane, worker);
    }
  }

  #give(lane: LaneName, worker: SimWorker): void {
    this.#owners.set(lane, worker);
    void worker.own(lane).then(() => {
      if (this.#owners.get(lane) === worker) this.#owners.delete(lane);
    });
  }

  /** The former owner is told at once, or learns it from its next batch, or hands the lane over. */
  #moveLane(): void {
    const { random, config } = this.#world;
    const lane = random.of(laneNames(config));
    const former = this.#owners.get(lane);
    const others = this.#workers.filter((worker) => worker !== former);
    if (!former || others.length === 0) return;
    this.#count('lanes moved');
    const how = random.of(['told', 'untold', 'released']);
    if (how !== 'released') this.#give(lane, random.of(others));
    if (how !== 'untold') former.leave(lane, { isLost: how === 'told' });
  }

  #crashWorker(): void {
    this.#count('workers crashed');
    const [worker] = this.#workers.splice(this.#world.random.below(this.#workers.length), 1);
    worker?.process.crash();
    this.#addWorker();
  }

  #crashApi(): void {
    this.#count('APIs crashed');
    const { apis } = this.#network;
    const [api] = apis.splice(this.#world.random.below(apis.length), 1);
    api?.process.crash();
    this.#world.lastCountFaultAt = clock.now;
    this.#addApi();
  }

  /** PostgreSQL ends the transaction of a process that does not go on. */
  #freeze(): void {
    const { random, server } = this.#world;
    this.#count('processes frozen');
    const processes = [...this.#workers, ...this.#network.apis].map((each) => each.process);
    const process = random.of(processes);
    process.frozenUntil = clock.now + random.next() * FROZEN_MS_MAX;
    this.#world.lastCountFaultAt = process.frozenUntil;
    const holder = server.engine.holder as SimConnection | undefined;
    if (holder?.process === process) holder.lose();
  }

  #loseConnection(): void {
    const holder = this.#world.server.engine.holder as SimConnection | undefined;
    if (!holder) return;
    this.#count('transactions cut');
    holder.lose();
  }

  /** Time passes in which nothing happens, so that holds and sessions run out. */
  #pass(msMax: number): void {
    this.#count('pauses');
    clock.now += this.#world.random.next() * msMax;
  }

  #emptyRedis(): void {
    this.#count('Redis emptied');
    this.#world.lanes.empty();
    this.#world.redis.empty();
    this.#world.lastCountFaultAt = clock.now;
    this.#world.calls.empty();
    this.#world.messages.empty();
  }

  /** For a while many statements lose their connection. */
  #loseNetwork(): void {
    this.#count('times of a bad network');
    const { random } = this.#world;
    this.#world.badNetworkUntil = clock.now + random.next() * BAD_NETWORK_MS_MAX;
  }

  #stopProvider(): void {
    this.#count('provider outages');
    this.#world.sandbox.goDown(this.#world.random.next());
  }

  /** Each end of the connection learns of it by itself. */
  #breakStream(): void {
    const { streams } = this.#network;
    if (streams.length === 0) return;
    this.#count('streams broken');
    this.#world.random.of(streams).break();
  }

  #addWorker(): void {
    this.#started += 1;
    this.#workers.push(new SimWorker(this.#world, `worker-${this.#started}`));
  }

  #addApi(): void {
    this.#started += 1;
    this.#network.apis.push(startApi(this.#world, `api-${this.#started}`));
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}
