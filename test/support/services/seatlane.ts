/** Seatlane within a test's own process: an API and workers on services of the file's own. */
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
  /** Rows of a query, for looking at what is really there. */
  rows<Row extends object>(text: string): Promise<Row[]>;
  addWorker(deps?: Partial<WorkerDeps>): Promise<RunningWorker>;
  addApi(): Promise<TestClient>;
  /** Deletes keys of Redis by a pattern after the prefix, as a restart without its data would. */
  forgetInRedis(pattern: string): Promise<void>;
  stop(): Promise<void>;
}

export const TEST_SECRET = 'a secret for tests, 32 bytes long';

/** The environment of a process on these services. Admission is wide open unless a test narrows it. */
export function environmentFor(services: TestServices, settings: Record<string, string> = {}) {
  return {
    PORT: '0',
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    REDIS_PREFIX: services.redisPrefix,
    JWT_SECRET: TEST_SECRET,
    DEV_ISSUER: 'true',
    ADMIN_PASSWORD: 'test-password',
    ADMIT_LIMIT: '100000',
    MAX_ACTIVE: '100000',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    ...settings,
  };
}

/** Starts an API and, unless told otherwise, one worker. */
export async function startSeatlane(
  options: {
    settings?: Record<string, string>;
    workers?: number;
    /** Those that another Seatlane ran on, instead of new ones. */
    services?: TestServices;
    /** Where it logs to, instead of standard output. */
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
