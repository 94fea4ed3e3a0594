/** A simulated worker process: the real loops, batches, handlers and timers, on the simulated PostgreSQL and Redis. */
import { sql } from 'kysely';
import { Registry } from 'prom-client';
import type { CommandName } from '../../../src/commands/index.ts';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { unprepared } from '../../../src/db/statement.ts';
import type { LaneName } from '../../../src/lanes/lanes.ts';
import { LaneLost } from '../../../workers/batch/faults.ts';
import { Remembered } from '../../../workers/batch/remembered.ts';
import { watchedRuns } from '../../../workers/batch/watched-runs.ts';
import { handlers } from '../../../workers/handlers/index.ts';
import { LaneLoops } from '../../../workers/lanes/loops.ts';
import { WorkerMetrics } from '../../../workers/ops/metrics.ts';
import { BatchWatch } from '../../../workers/ops/watch-batches.ts';
import { SimProcess } from '../host/processes.ts';
import { openSimDatabase } from '../postgres/connection.ts';
import { MemoryConsumer } from '../queue/lanes.ts';
import { openRedis, RedisLine } from '../queue/redis.ts';
import { openSimOutbox } from './outbox.ts';
import { oldestPaymentIn, startTimers } from './timers.ts';
import type { World } from './world.ts';

export class SimWorker {
  readonly process: SimProcess;
  readonly #world: World;
  readonly #ready: Promise<void>;
  readonly #orm: Database;
  readonly #loops: LaneLoops;
  readonly #owned = new Map<LaneName, AbortController>();

  constructor(world: World, name: string) {
    this.#world = world;
    this.process = new SimProcess(name);
    const { orm, loops, outbox } = this.process.run(() => this.#open());
    this.#ready = outbox.ready;
    this.#orm = orm;
    this.#loops = loops;
  }

  /**
   * Takes over a lane and consumes it until the lane is lost.
   * @returns a promise that resolves when this worker no longer consumes it
   */
  own(lane: LaneName): Promise<void> {
    return this.process.run(async () => {
      await this.#ready;
      const taking = sql<{ epoch: number }>`
        update lane set epoch = epoch + 1, owner = ${this.process.name}, taken_at = now()
        where name = ${lane} returning epoch`;
      const [row] = await rowsOf(this.#orm, unprepared(taking)).catch(() => []);
      if (!row) return;
      const controller = new AbortController();
      this.#owned.set(lane, controller);
      await this.#loops.consume({
        name: lane,
        epoch: Number(row.epoch),
        signal: controller.signal,
      });
    });
  }

  /** The worker hears that it has lost a lane, or that it is to release it after the batch in flight. */
  leave(lane: LaneName, { isLost }: { isLost: boolean }): void {
    this.process.run(() => this.#owned.get(lane)?.abort(isLost ? new LaneLost(lane) : undefined));
  }

  #open() {
    const { config, log, server, redis, lanes, recorder } = this.#world;
    const orm = openSimDatabase(server);
    const line = new RedisLine(redis);
    const connection = openRedis(redis, line);
    const metrics = new WorkerMetrics({
      registry: new Registry(),
      owner: this.process.name,
      owned: () => [],
      blockedCommands: () => 0,
    });
    const remembered = new Remembered();
    const batchDeps = {
      orm,
      remembered,
      handlers: recorder.wrap(handlers, server.engine),
      settings: config,
      oldestPaymentAt: async () => oldestPaymentIn(this.#world),
      metrics: metrics.batches,
      log,
    };
    void orm.em
      .getConnection()
      .getNativeClient()
      .then((pool) => remembered.follow(pool));
    const watch = new BatchWatch({ metrics, traces: undefined, log });
    const outbox = openSimOutbox(this.#world, { orm, remembered, metrics });
    const loops = new LaneLoops({
      redis: connection,
      redisPrefix: config.redisPrefix,
      batchSize: config.batchSize,
      log,
      openConsumer: () => new MemoryConsumer(lanes, line),
      takesLong: ({ name }) => handlers[name as CommandName]?.takesLong ?? false,
      ...recorder.wrapRuns(watchedRuns(batchDeps, watch, outbox.onFinished)),
      unblocked: (ms) => metrics.batches.unblocked(ms),
      announced: () => undefined,
    });
    startTimers(this.#world, { orm, connection, outbox });
    return { orm, loops, outbox };
  }
}
