/** Seatlane within the process of the test: an API and workers, with a database and a Redis prefix for the file. */
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type RunningApi, startApi } from '../../../src/api.ts';
import { type Config, readConfig } from '../../../src/config/config.ts';
import { type Database, openDatabase } from '../../../src/db/connection/orm.ts';
import { openLog } from '../../../src/runtime/log.ts';
import {
  PARTS,
  type RunningWorker,
  startWorker,
  type WorkerDeps,
} from '../../../workers/worker.ts';
import { TestClient } from '../http/client.ts';
import { cloneServices, type TestServices } from './database.ts';
import { databaseRows } from './rows.ts';
import { stopAll, stopTogether } from './stop-all.ts';

export interface TestSeatlane {
  client: TestClient;
  config: Config;
  services: TestServices;
  orm: Database;
  /** Returns the rows of a query, to check the database directly. */
  rows<Row extends object>(text: string): Promise<Row[]>;
  addWorker(deps?: Partial<WorkerDeps>): Promise<RunningWorker>;
  addApi(): Promise<TestClient>;
  /** Deletes the keys of Redis that match a pattern after the prefix, like a restart without its data. */
  forgetInRedis(pattern: string): Promise<void>;
  stop(): Promise<void>;
}

export const TEST_SECRET = 'a secret for tests, 32 bytes long';

/** The environment of a process on these services. Admission is not limited unless a test limits it. */
export function environmentFor(services: TestServices, settings: Record<string, string> = {}) {
  return {
    PORT: '0',
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    REDIS_PREFIX: services.redisPrefix,
    JWT_SECRET: TEST_SECRET,
    DEV_ISSUER: 'true',
    OPEN_CHARGING: 'true',
    ADMIN_PASSWORD: 'test-password',
    ADMIT_LIMIT: '100000',
    MAX_ACTIVE: '100000',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    ...settings,
  };
}

/** Starts an API and, by default, one worker. */
export async function startSeatlane(
  options: {
    settings?: Record<string, string>;
    workers?: number;
    /** Services of another Seatlane to use instead of new ones. */
    services?: TestServices;
    /** The destination of the log, instead of standard output. */
    log?: Logger;
  } = {},
): Promise<TestSeatlane> {
  const services = options.services ?? (await cloneServices());
  const { config } = readConfig(environmentFor(services, options.settings));
  const log = options.log ?? openLog('test', config.logLevel);
  const orm = await openDatabase({
    databaseUrl: services.databaseUrl,
    connectionsMax: 2,
    applicationName: 'seatlane-test',
  });
  const workers: RunningWorker[] = [];
  const apis: RunningApi[] = [];
  const seatlane: TestSeatlane = {
    client: new TestClient(''),
    config,
    services,
    orm,
    rows: databaseRows(orm),
    async addWorker(deps = {}) {
      const worker = await startWorker({ config, parts: PARTS, log, ...deps });
      workers.push(worker);
      return worker;
    },
    async addApi() {
      const api = await startApi({ config, log });
      apis.push(api);
      return new TestClient(`http://127.0.0.1:${api.port}`);
    },
    async forgetInRedis(pattern) {
      const redis = new Redis(services.redisUrl);
      const keys = await redis.keys(`${services.redisPrefix}:${pattern}`);
      if (keys.length > 0) await redis.del(...keys);
      redis.disconnect();
    },
    stop: () =>
      stopAll(
        () => stopTogether(apis),
        () => stopTogether(workers),
        () => orm.close(),
      ),
  };
  seatlane.client = await seatlane.addApi();
  for (let count = options.workers ?? 1; count > 0; count -= 1) await seatlane.addWorker();
  return seatlane;
}
