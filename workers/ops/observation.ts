/** The observability of a worker process: metrics, traces, and the port that serves probes and metrics. */
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
import { addOutboxMetrics, type OutboxReads } from './outbox-metrics.ts';
import { addPaymentMetrics, type PaymentReads } from './payment-metrics.ts';
import { answerStatus } from './status-server.ts';
import { BatchWatch } from './watch-batches.ts';

export interface ObservationDeps {
  orm: Database;
  redis: RedisConnection;
  settings: {
    /** 0 disables the port. */
    workerPort: number;
    otlpEndpoint: string | undefined;
    redisPrefix: string;
  };
  /** The lane owner of this process; undefined if it consumes no lanes. */
  owner(): { owned: Iterable<LaneName>; isConnected: boolean } | undefined;
  /** @throws Error while this process has other lane counts than are recorded */
  checkCounts(): Promise<void>;
  /** Number of commands that wait for rows locked by other transactions. */
  blockedCommands(): number;
  outbox: OutboxReads & PaymentReads;
  log: Logger;
}

export interface Observation {
  metrics: WorkerMetrics;
  watch: BatchWatch;
  /** Starts serving if a port is configured. @throws PortUnusable */
  serve(): Promise<void>;
  /** Makes the readiness probe fail from now on. */
  noteStopping(): void;
  /** Closes the port and exports the last traces. */
  close(): Promise<void>;
}

/** Opens metrics and traces. The port is opened later by `serve`. */
export async function openObservation(deps: ObservationDeps): Promise<Observation> {
  const { orm, redis, settings, owner, blockedCommands, log } = deps;
  const pool = await orm.em.getConnection().getNativeClient();
  const writes = {
    postgres: () => checkDatabase(orm),
    redis: () => checkRedis(redis, settings.redisPrefix),
  };
  const registry = openRegistry({ pool, redis: { commands: redis }, writes });
  const owned = () => owner()?.owned ?? [];
  const metrics = new WorkerMetrics({ registry, owner: ownerName, owned, blockedCommands });
  addOutboxMetrics(registry, deps.outbox);
  addPaymentMetrics(registry, deps.outbox);
  // The API process samples; a worker traces every command that the API process has sampled.
  const traces = await openTraces({ ...settings, service: 'seatlane-worker', traceShare: 1, log });
  let isStopping = false;
  let server: Awaited<ReturnType<typeof listenOn>>['server'] | undefined;
  const answer = answerStatus({
    checks: {
      ...writes,
      lanes: async () => {
        if (owner()?.isConnected === false)
          throw new Error('The session that owns the lanes is disconnected.');
        await deps.checkCounts();
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
      ({ server } = await listenOn(workerPort, answer, { setting: 'WORKER_PORT' }));
      log.info({ port: workerPort }, 'The worker serves probes and metrics.');
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
