/** All by which a worker process is watched: its figures, its traces, and the port that gives them out. */
import type { Logger } from 'pino';
import type { Database } from '../../src/db/connection/orm.ts';
import { checkDatabase } from '../../src/db/connection/orm.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import { checkRedis, type RedisConnection } from '../../src/lanes/redis/redis.ts';
import { openTraces } from '../../src/observe/open-traces.ts';
import { openRegistry } from '../../src/observe/registry.ts';
import { listenOn } from '../../src/runtime/server.ts';
import { ownerName } from '../lanes/owner-session.ts';
import { WorkerMetrics } from './metrics.ts';
import { answerStatus } from './status-server.ts';
import { BatchWatch } from './watch-batches.ts';

export interface ObservationDeps {
  orm: Database;
  redis: RedisConnection;
  settings: {
    /** 0 for no port. */
    workerPort: number;
    otlpEndpoint: string | undefined;
    redisPrefix: string;
  };
  /** Who owns lanes for this process; undefined where it takes none. */
  owner(): { owned: Iterable<LaneName>; isConnected: boolean } | undefined;
  /** Commands that wait for rows which other transactions have locked. */
  blockedCommands(): number;
  log: Logger;
}

export interface Observation {
  metrics: WorkerMetrics;
  watch: BatchWatch;
  /** Begins to answer, where there is a port for it. @throws Error naming the port when it is taken */
  serve(): Promise<void>;
  /** From now on the process is not ready any more. */
  noteStopping(): void;
  /** Answers nobody any more, and sends the last traces. */
  close(): Promise<void>;
}

/** Opens it all; nothing is served yet. */
export async function openObservation(deps: ObservationDeps): Promise<Observation> {
  const { orm, redis, settings, owner, blockedCommands, log } = deps;
  const pool = await orm.em.getConnection().getNativeClient();
  const registry = openRegistry({ pool, redis: { commands: redis } });
  const owned = () => owner()?.owned ?? [];
  const metrics = new WorkerMetrics({ registry, owner: ownerName, owned, blockedCommands });
  // Whether a command is traced was decided where it came in: here all of them are.
  const traces = await openTraces({ ...settings, service: 'seatlane-worker', traceShare: 1, log });
  let isStopping = false;
  let server: Awaited<ReturnType<typeof listenOn>>['server'] | undefined;
  const answer = answerStatus({
    checks: {
      postgres: () => checkDatabase(orm),
      redis: () => checkRedis(redis, settings.redisPrefix),
      lanes: async () => {
        if (owner()?.isConnected === false) throw new Error('The session that owns lanes is away.');
      },
    },
    isStopping: () => isStopping,
    metrics: () => metrics.text(),
  });
  return {
    metrics,
    watch: new BatchWatch({ metrics, traces, log }),
    async serve() {
      const { workerPort } = settings;
      if (workerPort === 0) return;
      ({ server } = await listenOn(workerPort, answer).catch((error) => {
        const why = `WORKER_PORT ${workerPort} cannot be listened on. Each worker of a machine needs a port of its own.`;
        throw new Error(why, { cause: error });
      }));
      log.info({ port: workerPort }, 'The worker answers probes and Prometheus.');
    },
    noteStopping() {
      isStopping = true;
    },
    async close() {
      server?.close();
      server?.closeAllConnections();
      await traces?.close();
    },
  };
}
